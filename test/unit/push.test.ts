// Two deployments that push one tag at once: the registry, which a double is here, refuses the second, and both are content.
import { describe, expect, it } from "vitest"
import { pushOnce } from "../../ci/pipeline/steps/push.js"

const refused = async () => {
  throw new Error("400 TAG_INVALID: the tag already exists")
}

describe("a push", () => {
  it("yields what it pushed, and asks nobody", async () => {
    const asked = async () => expect.fail("asked")
    expect(await pushOnce(async () => "sha256:own", asked)).toBe("sha256:own")
  })

  it("yields what another deployment pushed meanwhile", async () => {
    expect(await pushOnce(refused, async () => "sha256:theirs")).toBe("sha256:theirs")
  })

  it("fails with the registry's error when nothing is there, or nothing can be asked", async () => {
    await expect(pushOnce(refused, async () => undefined)).rejects.toThrow("TAG_INVALID")
    const gone = async () => {
      throw new Error("gone")
    }
    await expect(pushOnce(refused, gone)).rejects.toThrow("TAG_INVALID")
  })
})
