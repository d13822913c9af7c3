// What a pull request shows: environments rendered and compared, without a target and without credentials.
import { appendFileSync, cpSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { temporary } from "../temporary.js"
import { Caller, errorOf, works } from "./caller.js"
import { root } from "./world.js"

const web = (namespace: string, disk: string) => `cluster: nonprod
tier: nightly
releases:
  web:
    chart: dapp-store
    namespace: ${namespace}
    values: { image: "\${images.program}", script: ${JSON.stringify(works)}, disk: ${disk} }
`
let caller: Caller
let base: string
const difference = (...more: string[]) => caller.call(["difference", `--base=${base}`, ...more])

beforeAll(() => {
  caller = new Caller({ "environments/shop.yaml": web("shop", "1Mi"), "environments/other.yaml": web("other", "1Mi") })
  base = temporary("base")
  cpSync(caller.path, base, { recursive: true })
})
afterAll(() => {
  caller.remove()
  rmSync(base, { recursive: true })
})

describe("difference", () => {
  test("nothing changed: no environment is touched", async () => {
    expect(await caller.daggerw(["difference", `--base=${base}`])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("No environment is touched."),
    })
  })

  test("a value changed: its environment, in the configuration and in the manifests, and no other", async () => {
    caller.write("environments/shop.yaml", web("shop", "2Mi"))
    const { stdout } = await difference()
    expect(stdout).toContain("<b>shop</b>: 2 files")
    expect(stdout).toMatch(/^-.*sizeLimit: 1Mi/m)
    expect(stdout).toMatch(/^\+.*sizeLimit: 2Mi/m)
    expect(stdout).not.toContain("<b>other</b>")
    expect((await difference("--env", "other")).stdout).toContain("No environment is touched.")
  })

  test("an OpenTofu module changed, where the repository is this module's own: the scopes that have it", async () => {
    for (const path of [caller.path, base])
      cpSync(join(root, "terragrunt"), join(path, "terragrunt"), { recursive: true })
    const change = (path: string) => appendFileSync(join(base, "terragrunt", path), "\n# something else\n")
    for (const path of ["README.md", "modules/eks/tests/eks.tftest.hcl", "modules/rds/main.tf"]) change(path)
    expect((await difference("--env", "other")).stdout).toContain("No environment is touched.")
    change("modules/eks/main.tf")
    const { stdout } = await difference("--env", "other")
    expect(stdout).toContain("<b>other</b>: 1 file<")
    expect(stdout).toMatch(/^- {2}cluster: sha256:/m)
    expect(stdout).not.toMatch(/^[-+] {2}account:/m)
  })

  test("a chart changed: every environment that uses it; a fence in it does not end the diff", async () => {
    const chart = "charts/dapp-store/templates/pod.yaml"
    caller.write(chart, `${readFileSync(join(caller.path, chart), "utf8")}# \`\`\`\n`)
    const { stdout } = await difference()
    expect(stdout).toContain("<b>other</b>: 2 files")
    expect(stdout).toContain("<b>shop</b>: 3 files")
    expect(stdout).toContain("````diff\n")
  })

  test("a base that cannot be read is said, and everything is new", async () => {
    rmSync(join(base, "environments/_defaults.yaml"))
    const { code, stdout } = await difference("--env", "other")
    expect(code).toBe(0)
    expect(stdout).toContain("The base could not be rendered, everything is shown as new: ")
    expect(stdout).toContain("+name: other")
  })

  test("what is changed and wrong is an error", async () => {
    caller.write("environments/shop.yaml", web("shop", "2Mi").replace("values", "valeus"))
    expect(errorOf(await difference())).toContain('did you mean "values"?')
  })
})

test("a directory without environments is told what it lacks", async () => {
  const empty = new Caller()
  try {
    rmSync(join(empty.path, "environments"), { recursive: true })
    expect(errorOf(await empty.call(["environments"]))).toContain("there is no environments/*.yaml in this directory")
  } finally {
    empty.remove()
  }
})
