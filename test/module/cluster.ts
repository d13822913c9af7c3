// Bare clients of the sandbox, as somebody outside of the pipeline would use them.
import { randomUUID } from "node:crypto"
import { type LookupOptions, lookup as lookupName } from "node:dns"
import { rmSync } from "node:fs"
import { join } from "node:path"
import type { Connection, Credentials, Target } from "../../ci/pipeline/targets/target.js"
import { eksToken } from "../../ci/pipeline/tools/sts.js"
import { command, request, root, sandboxAddress, tool, write } from "./world.js"

export const account = "000000000000"
export const region = "us-east-1"
export const clusterName = "wallet-world-nonprod"

/**
 * The sandbox as a target of the module's own AWS clients, from the host.
 *
 * @param port the sandbox's port
 * @param given credentials in place of the sandbox's administrator's
 */
export function hostTarget(port: number, given?: Credentials): Target {
  const credentials = async (): Promise<Credentials> => {
    if (given) return given
    const { text } = await request(port, "localhost", `/credentials?account=${account}`)
    const { AccessKeyId, SecretAccessKey, Token } = JSON.parse(text)
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
  }
  const connection = async (): Promise<Connection> => {
    const { Agent } = await import("node:https")
    const { text: ca } = await request(port, "localhost", "/ca.crt")
    const lookup = (_host: string, options: LookupOptions, done: (...answer: unknown[]) => void) =>
      lookupName(sandboxAddress(), options, done as never)
    return { endpoint: `https://aws.sandbox.test:${port}`, agent: new Agent({ ca, lookup: lookup as never }) }
  }
  return { credentials, connection } as unknown as Target
}

type Program = (...args: string[]) => Promise<string>

/** kubectl from the host, with a token as `aws eks get-token` makes it. */
export const hostKubectl = (port: number, target = hostTarget(port)): Promise<Program> =>
  hostProgram("kubectl", port, target)

/** Another program that takes a kubeconfig, from the host. */
export async function hostProgram(name: string, port: number, target = hostTarget(port)): Promise<Program> {
  const place = { target, account, region }
  const { text: ca } = await request(port, "localhost", "/ca.crt")
  const cluster = {
    server: `https://${sandboxAddress()}:${port}`,
    "tls-server-name": `${clusterName}.eks.${region}.sandbox.test`,
    "certificate-authority-data": Buffer.from(ca).toString("base64"),
  }
  const program = await tool(name)
  return async (...args) => {
    const kubeconfig = join(root, `test/.tools/kubeconfig-${randomUUID()}`)
    const document = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "sandbox", cluster }],
      users: [{ name: "caller", user: { token: await eksToken(place, clusterName) } }],
      contexts: [{ name: "sandbox", context: { cluster: "sandbox", user: "caller" } }],
      "current-context": "sandbox",
    }
    write(kubeconfig, JSON.stringify(document))
    const { code, stdout, stderr } = await command(program, ["--kubeconfig", kubeconfig, ...args])
    rmSync(kubeconfig)
    if (code !== 0) throw new Error(`${name} ${args.join(" ")}: ${stderr}`)
    return stdout
  }
}
