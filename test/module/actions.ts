// What the actions that the workflows use really do here, where there is no GitHub.
import { cpSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import type { Machine, Run } from "./runner.js"
import { command } from "./world.js"

/** Carries out an action; the inputs are those of its step. */
export type Action = (run: Run, machine: Machine, inputs: Record<string, unknown>) => Promise<void>

/** The actions by name. */
export const actions: Record<string, Action> = {
  /** Watches a machine of GitHub's; here is nothing to do. */
  "step-security/harden-runner": async () => {},

  /** Clones as many commits as asked for. */
  "actions/checkout": async ({ repository }, { workspace }, inputs) => {
    known(inputs, "persist-credentials", "fetch-depth")
    const depth = ["--depth", String(inputs["fetch-depth"] ?? 1)]
    const { code, stderr } = await command("git", ["clone", "--quiet", ...depth, `file://${repository}`, workspace])
    if (code !== 0) throw new Error(stderr)
  },

  /** Sets the variables of a session of the role, in an account that is allowed. */
  "aws-actions/configure-aws-credentials": async ({ assume }, { permissions, subject, variables }, inputs) => {
    known(inputs, "role-to-assume", "aws-region", "allowed-account-ids", "role-duration-seconds", "role-session-name")
    const session = String(inputs["role-session-name"])
    if (!/^[\w+=,.@-]{2,64}$/.test(session)) throw new Error(`${session} cannot be the name of a session`)
    if (permissions["id-token"] !== "write") throw new Error("without id-token: write there is no token of GitHub's")
    const [, account, role] = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(String(inputs["role-to-assume"])) ?? []
    if (!role) throw new Error(`${inputs["role-to-assume"]} is no role`)
    if (account !== inputs["allowed-account-ids"]) throw new Error(`the account ${account} is not allowed`)
    const { accessKeyId, secretAccessKey, sessionToken } = await assume(role, subject)
    Object.assign(variables, {
      AWS_REGION: inputs["aws-region"],
      AWS_DEFAULT_REGION: inputs["aws-region"],
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    })
  },

  /** Signs that an image was made by the workflow, or what is in it; here the inputs are read and kept. */
  "actions/attest": async (_run, { permissions, attested }, inputs) => {
    known(inputs, "subject-name", "subject-digest", "sbom-path", "push-to-registry", "create-storage-record")
    for (const right of ["id-token", "attestations", "packages"])
      if (permissions[right] !== "write") throw new Error(`without ${right}: write nothing can be attested`)
    const [name, digest] = [String(inputs["subject-name"]), String(inputs["subject-digest"])]
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${digest} is no digest`)
    if (name !== name.toLowerCase() || /[:@][^/]*$/.test(name)) throw new Error(`${name} is no image without a tag`)
    const path = inputs["sbom-path"]
    attested.push({ name, digest, ...(path ? { materials: materials(String(path)) } : {}) })
  },

  /** Keeps a file, which must be there and not be empty; a run has one artifact of a name. */
  "actions/upload-artifact": async ({ artifacts }, _machine, inputs) => {
    known(inputs, "name", "path", "if-no-files-found")
    const path = String(inputs.path)
    if (statSync(path).size === 0) throw new Error(`${path} is empty`)
    const directory = join(artifacts, String(inputs.name))
    mkdirSync(directory)
    cpSync(path, join(directory, basename(path)))
  },
}

/** The names in a bill of materials; GitHub takes CycloneDX as JSON, up to 16 MB. */
function materials(path: string): string[] {
  if (statSync(path).size > 16e6) throw new Error(`${path} is larger than GitHub takes`)
  const { bomFormat, components } = JSON.parse(readFileSync(path, "utf8"))
  if (bomFormat !== "CycloneDX") throw new Error(`${path} is no CycloneDX`)
  return components.map(({ name }: { name: string }) => name)
}

function known(inputs: Record<string, unknown>, ...names: string[]): void {
  const unknown = Object.keys(inputs).filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`cannot carry out the input ${unknown.join(", ")}`)
}
