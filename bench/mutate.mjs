// Breaks one line in each file of ci/pipeline, and sees whether a test notices. Prints the share per layer, and writes
// .bench/mutate-<time>.json with each line, what it became, and whether that was noticed.
//   npm run mutate                          the unit tests, which need no engine
//   npm run mutate -- --seed=2 --layer=steps   other lines; one layer only
import { createHash } from "node:crypto"
import { $, fs, glob, minimist, os, path } from "zx"
import { root } from "./measure.mjs"

const { seed, layer } = minimist(process.argv.slice(2), { string: ["layer"], default: { seed: 1 } })

/** What is done to a line: the first that fits. None changes what the compiler would refuse. */
const changes = [
  [/ === /, " !== "],
  [/ !== /, " === "],
  [/ && /, " || "],
  [/ \|\| /, " && "],
  [/ (<=?) /, " > "],
  [/ >=? /, " < "],
  [/\btrue\b/, "false"],
  [/\bfalse\b/, "true"],
  [/\bawait (?=[\w.]+\()/, "void "],
  [/ \? (.+) : ([^:]+)$/, " ? $2 : $1"],
  [/^( +return) [^{[(]+$/, "$1 undefined"],
  [/"([a-z]+)"(?=[,)])/, '"not-$1"'],
]

/** Lines that are no code, or only types. */
const isCode = (line) =>
  !/^\s*(\/\/|\/?\*|import |export \* |export \{|(export )?(type|interface) |readonly |\w+\??: \w+[;,]?$)/.test(line)

/** One line of a file, broken; which one depends on the seed alone. */
function broken(file, text) {
  const lines = text.split("\n")
  const places = lines.flatMap((line, index) => {
    const change = isCode(line) && changes.find(([what]) => what.test(line))
    return change ? [{ index, line, changed: line.replace(...change) }] : []
  })
  if (places.length === 0) return undefined
  const place = places[createHash("sha256").update(`${seed} ${file}`).digest().readUInt32BE(0) % places.length]
  return { ...place, text: lines.with(place.index, place.changed).join("\n") }
}

const copy = await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-mutate-"))
const results = []
try {
  // node_modules stay where they are: a broken file is read from the copy.
  await $({ cwd: root, quiet: true })`git ls-files -z | xargs -0 cp --parents -t ${copy}`
  for (const modules of ["node_modules", "ci/node_modules"])
    await fs.symlink(path.join(root, modules), path.join(copy, modules))
  // A test that fails anyway would notice everything.
  const whole = await $({ cwd: copy, quiet: true, nothrow: true })`npx vitest run --project unit`
  if (whole.exitCode !== 0)
    throw new Error(`the unit tests fail before anything is broken:\n${whole.stdout.slice(-5_000)}`)
  for (const file of (await glob(`ci/pipeline/${layer ?? "*"}/**/*.ts`, { cwd: root })).sort()) {
    const text = await fs.readFile(path.join(copy, file), "utf8")
    const place = broken(file, text)
    if (!place) continue
    await fs.writeFile(path.join(copy, file), place.text)
    const test = $({ cwd: copy, quiet: true, nothrow: true, timeout: "120s" })
    const { exitCode } = await test`npx vitest related ${file} --run --project unit --bail 1 --passWithNoTests`
    await fs.writeFile(path.join(copy, file), text)
    const noticed = exitCode !== 0
    results.push({ file, line: place.index + 1, was: place.line.trim(), became: place.changed.trim(), noticed })
    console.log(`${noticed ? "noticed" : "MISSED "}  ${file}:${place.index + 1}  ${place.changed.trim()}`)
  }
} finally {
  await fs.remove(copy)
}

const layers = {}
for (const result of results) {
  const name = result.file.split("/")[2]
  layers[name] = [...(layers[name] ?? []), result]
}
console.log()
for (const [name, all] of Object.entries({ ...layers, all: results })) {
  const noticed = all.filter((one) => one.noticed).length
  console.log(
    `${name.padEnd(10)} ${String(noticed).padStart(4)} of ${String(all.length).padStart(3)}  ${Math.round((100 * noticed) / all.length)} %`,
  )
}
const file = path.join(root, ".bench", `mutate-${new Date().toISOString().replaceAll(":", "-")}.json`)
await fs.outputJson(file, { seed, results }, { spaces: 2 })
console.log(`\n${file}`)
