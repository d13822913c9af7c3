// The sandbox's supervisor: a part that dies, a wait without end, a signal; each ends everything, and says why.
import { spawn } from "node:child_process"
import { resolve } from "node:path"
import { expect, test } from "vitest"
import { temporary } from "../../temporary.js"

const library = resolve("sandbox/lib/supervise.sh")

/** Runs a start script that uses the library; `signal` is sent once it says "up". */
function run(script: string, signal?: NodeJS.Signals): Promise<{ code: number | null; said: string; seconds: number }> {
  const place = temporary("supervise")
  const preamble = `
    set -Eeuo pipefail
    logs=${place} SANDBOX_RUN=${place}; mkdir ${place}/ready
    source ${library}
    trap 'stop_all; exit 0' TERM
    trap 'fail "$BASH_COMMAND has failed"' ERR
  `
  const begin = Date.now()
  const child = spawn("bash", ["-c", preamble + script], { stdio: ["ignore", "inherit", "pipe"] })
  let said = ""
  child.stderr.on("data", (chunk) => {
    if (!said.includes("up") && String(chunk).includes("up") && signal) child.kill(signal)
    said += chunk
  })
  return new Promise((done) => child.on("close", (code) => done({ code, said, seconds: (Date.now() - begin) / 1000 })))
}

test("a part that dies ends the others, with its name, its status and the end of its log", async () => {
  const { code, said } = await run(`
    start long sleep 60
    start short bash -c 'echo the reason; sleep 0.3; exit 7'
    supervise
  `)
  expect(code).toBe(1)
  expect(said).toContain("sandbox: short has ended with status 7")
  expect(said).toContain("the reason")
})

test("a part that dies while another is waited for is noticed", async () => {
  const { code, said, seconds } = await run(`
    start broken no-such-command
    await other 30 false
  `)
  expect(code).toBe(1)
  expect(said).toContain("sandbox: broken has ended with status 127")
  expect(seconds).toBeLessThan(5)
})

test("a wait ends at its deadline and tells what the last try said", async () => {
  const { code, said } = await run(`
    start slow sleep 60
    answers() { echo "nobody at home"; return 1; }
    await slow 1 answers
  `)
  expect(code).toBe(1)
  expect(said).toContain("slow is not ready in time; `answers` says: nobody at home")
})

test("what is waited for may come late, and the part then counts as ready", async () => {
  const { code, said } = await run(`
    start late sleep 60
    there() { [ $((tries = $(cat $logs/tries 2>/dev/null || echo 0) + 1)) -ge 3 ] || { echo $tries >$logs/tries; return 1; }; }
    await late 10 there
    [ -e $SANDBOX_RUN/ready/late ] && say fine
    stop_all
  `)
  expect([code, said]).toEqual([0, "sandbox: fine\n"])
})

test("a signal ends it at once, in the middle of a try, and parts that do not listen too", async () => {
  const { code, seconds } = await run(
    `
    start deaf bash -c 'trap "" TERM; while :; do sleep 1; done'
    say up
    await deaf 60 sleep 30
  `,
    "SIGTERM",
  )
  expect(code).toBe(0)
  expect(seconds).toBeLessThan(5)
})

test("a command of the start script that fails is named", async () => {
  const { code, said } = await run(`
    start long sleep 60
    cat /no/such/file
  `)
  expect(code).toBe(1)
  expect(said).toContain("cat /no/such/file has failed")
})
