// Base images are named with the Debian release that they stand on: Docker Hub's short tags move from one to the next, and the
// toolchain's mirror, which serves the same names, has one release.
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { expect, test } from "vitest"
import { images } from "../../ci/pipeline/tools/versions.js"
import { repositoryFiles } from "./model/fixture.js"

const root = resolve(import.meta.dirname, "../..")
const [, suite] = /^DEBIAN_SUITE=(\w+)$/m.exec(readFileSync(join(root, "toolchain/versions.env"), "utf8")) ?? []
const short = /^(docker\.io\/library\/)?[a-z]+:[^@/]+$/

/** The base images of a Dockerfile; stages of its own are none. */
const basesOf = (path: string): string[] =>
  [...readFileSync(path, "utf8").matchAll(/^FROM (\S+:\S+)/gm)].map(([, base]) => base)

const own = Object.values(images)
const copied = [...String(repositoryFiles().get("images.yaml")).matchAll(/^ +copy: (\S+)$/gm)].map(([, copy]) => copy)
const services = "examples/dappstore/services"
const dockerfiles = readdirSync(join(root, services)).map((name) => `${services}/${name}/Dockerfile`)

test.each([
  ["the module's own images", own],
  ["copied images", copied.filter((reference) => short.test(reference))],
  ...dockerfiles.map((path): [string, string[]] => [path, basesOf(join(root, path))]),
])("%s", (_what, references) => {
  expect(references).not.toHaveLength(0)
  expect(
    references.filter((reference) => !reference.includes(`-${suite}`) && !reference.includes(`:${suite}`)),
  ).toEqual([])
})
