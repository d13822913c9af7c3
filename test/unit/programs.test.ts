// What publishing and bills of materials refuse before they ask an engine or a registry.
import type { Directory } from "@dagger.io/dagger"
import { expect, test } from "vitest"
import { billOfMaterials, pinPrograms, publishProgram } from "../../ci/src/commands/programs.js"

const home = {} as Directory
const repository = "ghcr.io/owner/wallet-world"

test.each([
  ["crane", "ghcr.io/owner--placeholder/x", "ghcr.io/owner--placeholder/x is a placeholder: pass --repository"],
  ["crane", "nonsense", "nonsense is no repository: pass --repository HOST/NAME"],
  ["crane", "ghcr.io/owner/x:tag", "ghcr.io/owner/x:tag is no repository"],
  [
    "cran",
    repository,
    "there is no program cran: there are helm, kubectl, terragrunt, tofu, crane, actionlint, syft, sandbox",
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
