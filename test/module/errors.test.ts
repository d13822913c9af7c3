// Bad input and what fails under way: each error says what, where and what to do, and leaves nothing half done.
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest"
import { clientOptions } from "../../ci/pipeline/tools/aws.js"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { temporary } from "../temporary.js"
import { Caller, errorOf, place, secondRepository, withSecrets, works } from "./caller.js"
import { account, hostKubectl, hostTarget, region } from "./cluster.js"
import { command, type Ended, request, root, sandboxInside, sandboxPort } from "./world.js"

/** An address where nothing answers: a call that is refused before it needs its target does not notice. */
const nowhere = "--sandbox=127.0.0.1:1"

describe("environments that are wrong", () => {
  const name = "environments/shop.yaml"
  const text = `cluster: nonprod
tier: nightly
releases:
  web:
    chart: dapp-store
    namespace: shop
    timout: 30
    values:
      image: \${images.progam}
  worker:
    namespace: shop
`
  let caller: Caller
  beforeAll(() => {
    caller = new Caller({ [name]: text })
  })
  afterAll(() => caller.remove())

  test("an unknown environment: which there are, and which was probably meant", async () => {
    const error = errorOf(await caller.call([nowhere, "deploy", "--env", "shpo"]))
    expect(error).toContain('there is no environment "shpo"')
    expect(error).toContain('did you mean "shop"?')
  })

  describe("problems of one file, all of them in one error", () => {
    let error: string
    beforeAll(async () => {
      error = errorOf(await caller.call([nowhere, "deploy", "--env", "shop"]))
    })

    test("how many there are", () => {
      expect(error).toContain("3 problems in the environment files")
    })

    test("a typo in a key", () => {
      expect(error).toContain(`${place(name, text, "timout")}: unknown key "timout" in releases.web`)
      expect(error).toContain('did you mean "timeout"?')
    })

    test("a reference to what does not exist", () => {
      expect(error).toContain(`${place(name, text, "${images.progam}")}: there is no image for \${images.progam}`)
      expect(error).toContain('did you mean "program"?')
    })

    test("a required value that is missing", () => {
      expect(error).toMatch(new RegExp(`${name}:1[01]:\\d+: releases.worker.chart is missing\\s+it must be a string`))
    })
  })

  test("a protected environment is not destroyed without its name said twice", async () => {
    caller.write("environments/vault.yaml", "cluster: nonprod\ntier: nightly\nprotected: true\nreleases: {}\n")
    const error = errorOf(await caller.call([nowhere, "destroy", "--env", "vault"]))
    expect(error).toContain("vault is protected: nothing was destroyed")
    expect(error).toContain("--confirm vault")
  })
})

describe("credentials", () => {
  interface Credentials {
    AccessKeyId: string
    SecretAccessKey: string
    Token?: string
    Expiration?: string
  }
  const environment = "keyless"
  let caller: Caller
  let port: number

  beforeAll(() => {
    port = sandboxPort()
    caller = new Caller({ [`environments/${environment}.yaml`]: "cluster: nonprod\ntier: nightly\nreleases: {}\n" })
  })
  afterAll(() => caller.remove())

  const issued = async (of = account): Promise<Credentials> =>
    JSON.parse((await request(port, "localhost", `/credentials?account=${of}`)).text)

  /** The error of a deployment with these credentials; the secret must never be shown, and nothing must be begun. */
  async function refusal(credentials: Credentials): Promise<string> {
    const args = [`--sandbox=${sandboxInside()}`, "--aws-credentials=env://GIVEN", "deploy", "--env", environment]
    // What the engine prints is looked at, too.
    const ended = await caller.daggerw(args, { GIVEN: JSON.stringify(credentials) })
    const error = errorOf(ended)
    expect(ended.stdout + ended.stderr).not.toContain(credentials.SecretAccessKey)
    expect(ended.stderr).not.toContain("infra:account:")
    return error
  }

  test("a key that AWS does not know", async () => {
    const error = await refusal({
      AccessKeyId: "AKIAIOSFODNN7EXAMPLE",
      SecretAccessKey: "unknown-to-everybody-0123456789",
    })
    expect(error).toMatch(/AWS refuses the credentials \(InvalidClientTokenId: .+\); check --aws-credentials/)
  })

  test("a secret that is not the key's", async () => {
    const error = await refusal({ ...(await issued()), SecretAccessKey: "not-the-secret-of-this-key-0123456789" })
    expect(error).toMatch(/AWS refuses the credentials \(SignatureDoesNotMatch: .+\); check --aws-credentials/)
  })

  test("credentials of another account", async () => {
    const error = await refusal(await issued("111111111111"))
    expect(error).toContain(`the credentials belong to account 111111111111, the environment to ${account}`)
    expect(error).toContain("sign in to the other account")
  })

  test("credentials that say themselves that they have expired, or end before the work could be done", async () => {
    for (const minutes of [-60, 10]) {
      const Expiration = new Date(Date.now() + minutes * 60_000).toISOString()
      const error = await refusal({ ...(await issued()), Expiration })
      expect(error).toContain(
        `--aws-credentials expire at ${Expiration}, but a step can take 30 minutes: sign in again`,
      )
    }
  })

  test("credentials that AWS knows to have expired", async () => {
    const { STSClient, AssumeRoleCommand } = await client("sts")
    const sts = new STSClient(await clientOptions({ target: hostTarget(port), account, region }))
    const { Arn } = (await issued()) as unknown as { Arn: string }
    const RoleArn = Arn.replace(":sts:", ":iam:").replace(/assumed-role\/([^/]+)\/.*/, "role/$1")
    const role = { RoleArn, RoleSessionName: "short", DurationSeconds: 1 }
    const { Credentials: short } = await sts.send(new AssumeRoleCommand(role))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const { AccessKeyId, SecretAccessKey, SessionToken } = short
    const error = await refusal({ AccessKeyId, SecretAccessKey, Token: SessionToken })
    expect(error).toMatch(/AWS refuses the credentials \(Expired\w+: .+\); they have expired: sign in again/)
  })
})

describe("steps that fail", () => {
  // Not what an earlier run, ended in the middle, has left in the sandbox.
  const environment = `broken-${randomUUID().slice(0, 4)}`
  const file = `environments/${environment}.yaml`
  const release = (image: string, script: string, disk = "1Mi", more = "") => `
    chart: dapp-store
    namespace: ${environment}
    timeout: 60
    values: { image: "\${images.${image}}", script: ${JSON.stringify(script)}, disk: ${disk} }${more}`
  const secret = `
    secrets: { needed: { password: { arn: "\${infra.secrets.arns.taken}", field: password } } }`
  const taken = `wallet-world/nonprod/${environment}/taken`
  const crashes = "echo the ledger is corrupt >&2; exit 7"

  let caller: Caller
  let port: number
  let ended: Ended
  let error: string
  let kubectl: (...args: string[]) => Promise<string>

  const deploy = () => caller.call(["deploy", "--env", environment])
  const objects = (name: string) =>
    kubectl("get", "all,secrets", "-n", environment, "-l", `app.kubernetes.io/instance=${name}`, "-o", "name")
  const helmRecords = (name: string) =>
    kubectl("get", "secrets", "-n", environment, "-l", `owner=helm,name=${name}`, "-o", "name")

  beforeAll(async () => {
    port = sandboxPort()
    caller = new Caller({
      [file]: `${withSecrets}  healthy: ${release("program", works)}
  refused: ${release("unwanted", works)}
  secretless: ${release("program", works, "1Mi", secret)}
  crashing: ${release("program", crashes)}
  full: ${release("program", `dd if=/dev/zero of=/data/ledger bs=1M count=4; ${works}`)}
`,
    })
    caller.addUnwanted()
    // Somebody else has made a secret of the name that the unit wants to create.
    await secretsManager("CreateSecretCommand", { Name: taken, SecretString: "somebody else's" })
    ended = await deploy()
    error = errorOf(ended)
    kubectl = await hostKubectl(port)
  })
  afterAll(() => caller.remove())

  /** The line of a step in the table. */
  const row = (text: string, step: string) => text.split("\n").find((line) => line.trim().startsWith(`${step} `))

  /** What is said of a step below the table, up to the next step's. */
  function note(step: string): string {
    const start = error.indexOf(`\n${step}: `)
    expect(start, `${step} in ${error}`).toBeGreaterThan(0)
    const rest = error.slice(start + 1)
    const end = rest.search(/\n\n(infra|image|chart|release):|\n\nfailed: /)
    return rest.slice(0, end < 0 ? undefined : end)
  }

  test("the error names the target, all that failed, and what to do", () => {
    expect(ended.code).not.toBe(0)
    expect(error).toContain(`${environment} on the sandbox`)
    const [, failed] = /failed: (.+); correct what is said above, then run the same command again/.exec(error) ?? []
    expect(failed?.split(", ").sort()).toEqual([
      "image:unwanted",
      "infra:environment",
      "release:crashing",
      "release:full",
    ])
  })

  test("a registry that refuses an image: which repository, and why", () => {
    expect(row(error, "image:unwanted")).toContain("failed")
    expect(note("image:unwanted")).toContain("not/created")
    expect(note("image:unwanted")).toMatch(/does not exist in the registry/)
    expect(row(error, "release:refused")).toContain("skipped")
    expect(note("release:refused")).toContain("needs image:unwanted")
  })

  test("a unit that fails: which resource, what AWS says, in which line of the module", () => {
    expect(row(error, "infra:environment")).toContain("failed")
    expect(note("infra:environment")).toContain(taken)
    expect(note("infra:environment")).toContain("ResourceExistsException")
    expect(note("infra:environment")).toMatch(new RegExp(`Not taken over: ${taken} is there, and its tags do not say`))
    expect(note("infra:environment")).toMatch(/on main\.tf line \d+/)
    expect(row(error, "release:secretless")).toContain("skipped")
    expect(note("release:secretless")).toContain("needs infra:environment")
  })

  test("a release whose pods crash: which pod, how it ended, its last words", () => {
    expect(row(error, "release:crashing")).toContain("failed")
    expect(note("release:crashing")).toMatch(/pod crashing-\S+/)
    expect(note("release:crashing")).toMatch(/container program: (CrashLoopBackOff|Error|Running), \d+ restarts/)
    expect(note("release:crashing")).toContain("exit code 7")
    expect(note("release:crashing")).toContain("the ledger is corrupt")
  })

  test("a disk that is full: which pod's, in the words of the program", () => {
    expect(row(error, "release:full")).toContain("failed")
    expect(note("release:full")).toMatch(/pod full-\S+/)
    expect(note("release:full")).toContain("No space left on device")
  })

  test("what does not depend on a failure is done", async () => {
    for (const step of ["image:program", "chart:dapp-store", "release:healthy"])
      expect(row(error, step)).toMatch(/(created|unchanged) /)
    expect(await objects("healthy")).toMatch(/pod\/healthy-/)
    await secretsManager("DescribeSecretCommand", { SecretId: taken.replace("taken", "fresh") })
  })

  test("nothing is half done", async () => {
    for (const name of ["refused", "secretless", "crashing", "full"]) {
      expect(await objects(name), name).toBe("")
      expect(await helmRecords(name), name).toBe("")
    }
    const documents = Documents.in({ target: hostTarget(port), account, region })
    expect(await documents.read(`leases/environments/${environment}.json`)).toBeUndefined()
    expect(
      await documents.etag(`${account}/${region}/nonprod/${environment}/secrets/tofu.tfstate.tflock`),
    ).toBeUndefined()
    const { SecretString } = await secretsManager("GetSecretValueCommand", { SecretId: taken })
    expect(SecretString).toBe("somebody else's")
  })

  test("once it is corrected, the same command does the rest and leaves alone what was done", async () => {
    await secretsManager("DeleteSecretCommand", { SecretId: taken, ForceDeleteWithoutRecovery: true })
    caller.edit("environments/images.yaml", "not/created", secondRepository)
    caller.edit(file, JSON.stringify(crashes), JSON.stringify(works))
    caller.edit(file, "count=4", "count=0")
    const { code, stdout, stderr } = await deploy()
    expect(code, stderr.slice(-5_000)).toBe(0)
    expect(row(stdout, "release:healthy")).toContain("unchanged")
    for (const name of ["refused", "secretless", "crashing", "full"])
      expect(row(stdout, `release:${name}`)).toContain("created")
  })

  test("an update whose pods crash ends with the pods that were there before", async () => {
    caller.edit(file, `crashing: ${release("program", works)}`, `crashing: ${release("program", crashes)}`)
    const before = (await objects("crashing")).match(/pod\/\S+/g)
    error = errorOf(await deploy())
    expect(note("release:crashing")).toContain("the ledger is corrupt")
    expect(row(error, "release:healthy")).toContain("unchanged")
    await kubectl("rollout", "status", "deployment/crashing", "-n", environment, "--timeout=30s")
    expect(before).toHaveLength(1)
    // The pod that crashed may still be ending.
    await vi.waitFor(async () => expect((await objects("crashing")).match(/pod\/\S+/g)).toEqual(before), {
      timeout: 60_000,
      interval: 1_000,
    })
  })

  test("what failed can be destroyed like anything else", async () => {
    const { code, stderr } = await caller.call(["destroy", "--env", environment])
    expect(code, stderr.slice(-5_000)).toBe(0)
    expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain(`/${environment}\n`)
  })

  /** Sends one command to Secrets Manager. */
  async function secretsManager(name: string, input: object): Promise<{ SecretString?: string }> {
    const sdk = await client("secrets-manager")
    const secrets = new sdk.SecretsManagerClient(await clientOptions({ target: hostTarget(port), account, region }))
    return secrets.send(new sdk[name](input))
  }
})

const canMount = () => {
  try {
    execFileSync("unshare", ["--mount", "true"], { stdio: "ignore" })
    return process.platform === "linux" && /^ID=debian$/m.test(execFileSync("cat", ["/etc/os-release"]).toString())
  } catch {
    return false
  }
}

test.runIf(canMount())(
  "a disk that is too small for the toolchain: how much it needs, before anything is built",
  async () => {
    const directory = temporary("disk")
    const script = `mount -t tmpfs -o size=16m none "$1"; XDG_CACHE_HOME=$1 "$2" call environments || code=$?
    find "$1" -type f -size +0 -printf 'left %p\\n'; exit $code`
    const env = { WALLET_WORLD_ENGINE: "toolchain", _EXPERIMENTAL_DAGGER_RUNNER_HOST: "" }
    const { code, stdout, stderr } = await command(
      "unshare",
      ["--mount", "bash", "-c", script, "-", directory, join(root, "daggerw")],
      { env },
    )
    rmSync(directory, { recursive: true })
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /error: building needs about \d+ MB below \S+, and \d+ MB are free\. Free some space, or set XDG_CACHE_HOME/,
    )
    expect(stdout).not.toContain("left ")
  },
)

/** A client of AWS's SDK, from the module's own dependencies. */
// biome-ignore lint/suspicious/noExplicitAny: the types are the module's, which this file is no part of
async function client(service: string): Promise<any> {
  return createRequire(join(root, "ci/package.json"))(`@aws-sdk/client-${service}`)
}
