// What publishing and bills of materials refuse before they ask an engine or a registry, and the file of the pins.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Directory } from "@dagger.io/dagger"
import { expect, test } from "vitest"
import { billOfMaterials, pinPrograms, publishProgram } from "../../ci/pipeline/commands/programs.js"
import { readPublished } from "../../ci/pipeline/tools/published.js"

const home = {} as Directory
const repository = "ghcr.io/owner/wallet-world"

test.each([
  ["crane", "ghcr.io/owner--placeholder/x", "ghcr.io/owner--placeholder/x is a placeholder: pass --repository"],
  ["crane", "nonsense", "nonsense is no repository: pass --repository HOST/NAME"],
  ["crane", "ghcr.io/owner/x:tag", "ghcr.io/owner/x:tag is no repository"],
  [
    "cran",
    repository,
    "there is no program cran: there are helm, terragrunt, tofu, crane, kubectl, actionlint, syft, sandbox, gateway",
  ],
])("publishes no %s to %s", async (program, where, message) => {
  await expect(publishProgram(home, program, where)).rejects.toThrow(message)
})

test("pins nothing of a placeholder", async () => {
  await expect(pinPrograms(home, "ghcr.io/owner--placeholder/x")).rejects.toThrow("is a placeholder")
})

test("makes no bill for a tag, which can be another image tomorrow", async () => {
  await expect(billOfMaterials("debian:trixie")).rejects.toThrow("debian:trixie has no digest")
})

test("the file of the pins is one", () => {
  const text = readFileSync(join(import.meta.dirname, "../../ci/published.json"), "utf8")
  expect(readPublished(text)).toEqual(JSON.parse(text))
})

test.each(["", "{", "null", "{}", '{"repository":"r","digests":{"helm:x":"latest"}}', '{"repository":1,"digests":{}}'])(
  "is told from %j, and how it is written anew",
  (text) => {
    expect(() => readPublished(text)).toThrow("ci/published.json is not what pin-programs writes: rewrite it with")
  },
)
