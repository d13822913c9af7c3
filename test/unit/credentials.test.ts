// Credentials from the caller: what is accepted, and that an error never repeats a secret.
import { createRequire } from "node:module"
import { describe, expect, test, vi } from "vitest"
import { CredentialsReader, oneRequest, parseCredentials } from "../../ci/pipeline/targets/credentials.js"
import type { Target } from "../../ci/pipeline/targets/target.js"
import { awsClient } from "../../ci/pipeline/tools/aws.js"

const now = new Date("2026-01-01T00:00:00Z")
const good = {
  Version: 1,
  AccessKeyId: "ASIAEXAMPLE",
  SecretAccessKey: "very-secret",
  SessionToken: "token",
  Expiration: "2026-01-01T01:00:00Z",
}

const parsed = (fields: object) => parseCredentials(JSON.stringify(fields), now)

describe("parseCredentials", () => {
  test("reads what `aws configure export-credentials` prints", () => {
    expect(parsed(good)).toEqual({
      accessKeyId: "ASIAEXAMPLE",
      secretAccessKey: "very-secret",
      sessionToken: "token",
      expiration: new Date("2026-01-01T01:00:00Z"),
    })
  })

  test("reads what a container's credentials endpoint answers, which calls the session token Token", () => {
    const { SessionToken, ...rest } = good
    expect(parsed({ ...rest, Token: SessionToken }).sessionToken).toBe("token")
  })

  test("wants no more than a minute where only a request is sent: the step that sends it may be near its end", () => {
    const ending = (Expiration: string) => () =>
      parseCredentials(JSON.stringify({ ...good, Expiration }), now, oneRequest)
    expect(ending("2026-01-01T00:02:00Z")).not.toThrow()
    expect(ending("2026-01-01T00:00:30Z")).toThrow(/too soon for one more request.+aws configure export-credentials/)
  })

  test.each([
    ["not JSON", "very-secret {", /not the JSON/],
    ["a list", "[]", /lacks AccessKeyId and SecretAccessKey/],
    ["null", "null", /not the JSON/],
    ["a missing key", JSON.stringify({ ...good, SecretAccessKey: undefined }), /lacks SecretAccessKey/],
    ["an expiration that is no time", JSON.stringify({ ...good, Expiration: "soon" }), /not a time/],
    ["ended", JSON.stringify({ ...good, Expiration: "2025-12-31T23:59:59Z" }), /expire at 2025-12-31T23:59:59/],
    ["ending before the longest step would", JSON.stringify({ ...good, Expiration: "2026-01-01T00:29:00Z" }), /30 min/],
  ])("refuses %s, says what to do, and repeats no secret", (_what, text, message) => {
    const attempt = () => parseCredentials(text, now)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(/aws configure export-credentials/)
    expect(attempt).not.toThrow(/very-secret/)
  })
})

describe("of one call", () => {
  /** A reader whose credentials last so many minutes each time they are read. */
  function reader(...minutes: (number | undefined | "fails")[]) {
    let reads = 0
    const read = new CredentialsReader(async () => {
      const lasting = minutes[Math.min(reads++, minutes.length - 1)]
      if (lasting === "fails") throw new Error("the command failed")
      const Expiration = lasting && new Date(Date.now() + lasting * 60_000).toISOString()
      return JSON.stringify({ AccessKeyId: `key-${reads}`, SecretAccessKey: "secret", Expiration })
    })
    return { read: async (seconds?: number) => (await read.read("1", seconds)).accessKeyId, reads: () => reads }
  }

  test("are read once, also by several at the same time", async () => {
    const { read, reads } = reader(60)
    expect(await Promise.all([read(), read(60), read()])).toEqual(["key-1", "key-1", "key-1"])
    expect(await read()).toBe("key-1")
    expect(reads()).toBe(1)
  })

  test("are read again where they do not last for what is to be done", async () => {
    const { read } = reader(60, 90)
    await read()
    expect(await read(80 * 60)).toBe("key-2")
    await expect(read(100 * 60)).rejects.toThrow("a step can take 100 minutes")
  })

  test("are read again for a step that begins later, and not for a request", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const { read } = reader(120, 120)
    await read()
    vi.setSystemTime(Date.now() + 61_000)
    expect(await read(oneRequest)).toBe("key-1")
    expect(await Promise.all([read(), read()])).toEqual(["key-2", "key-2"])
    vi.useRealTimers()
  })

  test("that have ended are too short for a step, in the words of one", async () => {
    await expect(reader(-1).read()).rejects.toThrow(/expire at .*, but a step can take 30 minutes/)
  })

  test("that last are good even where they cannot be read again", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    const { read } = reader(60, "fails")
    await read()
    vi.setSystemTime(Date.now() + 10 * 60_000)
    expect(await read()).toBe("key-1")
    vi.setSystemTime(Date.now() + 25 * 60_000)
    await expect(read()).rejects.toThrow("the command failed")
    expect(await read(oneRequest)).toBe("key-1")
    vi.useRealTimers()
  })

  test("without an end are read for each request of an AWS client, too", async () => {
    const { read, reads } = reader(undefined)
    const target = {
      credentials: async () => ({ accessKeyId: await read(), secretAccessKey: "x" }),
      connection: async () => ({}),
    }
    const place = { target: target as unknown as Target, account: "1", region: "us-east-1" }
    const { S3Client } = createRequire(new URL("../../ci/package.json", import.meta.url))("@aws-sdk/client-s3")
    const { config } = await awsClient<{ config: { credentials(): Promise<unknown> } }>(place, S3Client)
    await config.credentials()
    const before = reads()
    await config.credentials()
    await config.credentials()
    expect(reads() - before).toBe(2)
  })

  test("are read each time where nobody says when they end", async () => {
    const { read } = reader(undefined)
    expect([await read(), await read()]).toEqual(["key-1", "key-2"])
  })

  test("are read anew after an error", async () => {
    const { read } = reader(1, 60)
    await expect(read()).rejects.toThrow("expire at")
    expect(await read()).toBe("key-2")
  })
})
