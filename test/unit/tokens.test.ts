// Tokens for commands that run longer than EKS takes one for: each is signed for its own time, and used then.
import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Target } from "../../ci/pipeline/targets/target.js"
import { credentialPlugin } from "../../ci/pipeline/tools/credential-plugin.js"
import { eksTokens } from "../../ci/pipeline/tools/sts.js"
import { temporary } from "../temporary.js"

const credentials = async () => ({ accessKeyId: "AKIA", secretAccessKey: "secret", sessionToken: "session" })
const place = { target: { credentials } as unknown as Target, account: "000000000000", region: "us-east-1" }

/** The time that a token is signed for, in seconds since 1970. */
function signedFor(token: string): number {
  const url = new URL(Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString())
  const date = String(url.searchParams.get("X-Amz-Date"))
  return Date.parse(date.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z")) / 1000
}

test("there is a token for every part of the time, each good when it is used", async () => {
  const before = Math.floor(Date.now() / 1000)
  for (const seconds of [60, 20 * 60, 7200]) {
    const { interval, tokens } = await eksTokens(place, "shop", seconds)
    expect(interval).toBeLessThan(60)
    expect(tokens[0].from).toBeGreaterThanOrEqual(before)
    expect(Number(tokens.at(-1)?.from) + interval).toBeGreaterThan(before + seconds)
    for (const [index, { from, token }] of tokens.entries()) {
      expect(signedFor(token)).toBe(from)
      if (index > 0) expect(from - tokens[index - 1].from).toBe(interval)
    }
  }
})

test("the plugin prints the token of now, and until when it is to be used", () => {
  const directory = temporary("tokens")
  const path = join(directory, "tokens")
  const now = Math.floor(Date.now() / 1000)
  const print = (lines: [number, string][]) => {
    writeFileSync(path, lines.map(([from, token]) => `${now + from} ${token}\n`).join(""))
    return JSON.parse(execFileSync("sh", ["-c", credentialPlugin(path, 15)], { encoding: "utf8" }))
  }
  try {
    const { kind, status } = print(
      [...[-40, -25, -10, 5, 20].entries()].map(([index, from]) => [from, `token${index}`]),
    )
    expect(kind).toBe("ExecCredential")
    expect(status).toEqual({
      token: "token2",
      expirationTimestamp: new Date((now + 5) * 1000).toISOString().replace(".000", ""),
    })
    expect(
      print([
        [0, "first"],
        [15, "second"],
      ]).status.token,
    ).toBe("first")
    expect(print([[-100, "last"]]).status.token).toBe("last")
  } finally {
    rmSync(directory, { recursive: true })
  }
})
