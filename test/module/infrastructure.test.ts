// The OpenTofu modules' own tests: plans and applies with a mocked provider, without a cloud.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { temporary } from "../temporary.js"
import { command, root, tool } from "./world.js"

const modules = readdirSync(join(root, "terragrunt/modules"))
const tested = modules.filter((name) => existsSync(join(root, "terragrunt/modules", name, "tests")))

let directory: string
let tofu: string

const depth = (path: string) => path.split("/").length

/** OpenTofu's settings: providers come from the mirror that `./daggerw` uses, else from their registry. */
function settings(): string {
  const mirror = join(process.env.WALLET_WORLD_PROVIDER_MIRROR ?? "/opt/tf-plugins", "registry.terraform.io")
  if (!existsSync(mirror)) return ""
  // OpenTofu asks for hashicorp/aws under its own registry's name; the mirror was made for Terraform. Links are followed where
  // a package itself is expected: NAMESPACE/TYPE/VERSION/PLATFORM.
  const path = join(directory, "providers")
  for (const name of readdirSync(mirror, { recursive: true, encoding: "utf8" }).filter((one) => depth(one) === 4)) {
    const link = join(path, "registry.opentofu.org", name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(mirror, name), link)
  }
  return `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(path)}\n  }\n}\n`
}

beforeAll(async () => {
  tofu = await tool("tofu")
  directory = temporary("infrastructure")
  // OpenTofu writes into the directory of a module.
  cpSync(join(root, "terragrunt/modules"), join(directory, "modules"), { recursive: true })
  writeFileSync(join(directory, "tofurc"), settings())
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(tested)("%s", async (name) => {
  const options = {
    cwd: join(directory, "modules", name),
    env: { TF_CLI_CONFIG_FILE: join(directory, "tofurc"), CHECKPOINT_DISABLE: "1" },
  }
  const init = await command(tofu, ["init", "-backend=false", "-input=false", "-no-color"], options)
  expect(init.code, init.stdout + init.stderr).toBe(0)
  const { code, stdout, stderr } = await command(tofu, ["test", "-no-color"], options)
  expect(code, stdout + stderr).toBe(0)
  expect(stdout).toMatch(/Success! [1-9]\d* passed, 0 failed/)
})
