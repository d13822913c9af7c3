// crane on the host, logged in to the sandbox's registry under its ECR name.
import { rmSync } from "node:fs"
import { join } from "node:path"
import { registryLogin } from "../../ci/pipeline/tools/ecr.js"
import { temporary } from "../temporary.js"
import { account, hostTarget, region } from "./cluster.js"
import { proxyTo } from "./tenant.js"
import { command, type Ended, request, tool, write } from "./world.js"

export interface HostCrane {
  /** The registry's host and port. */
  host: string
  crane: (...args: string[]) => Promise<Ended>
  /** What crane printed; fails with its error when it fails. */
  said: (...args: string[]) => Promise<string>
  close: () => void
}

/**
 * @param port the sandbox's port
 * @param target whose rights it has
 */
export async function hostCrane(port: number, target = hostTarget(port)): Promise<HostCrane> {
  const { host, username, password } = await registryLogin({ target, account, region })
  const proxy = await proxyTo(port)
  const config = temporary("crane")
  const auth = Buffer.from(`${username}:${password}`).toString("base64")
  write(join(config, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }))
  write(join(config, "ca.crt"), (await request(port, "localhost", "/ca.crt")).text)
  const env = { DOCKER_CONFIG: config, HTTPS_PROXY: proxy.url, NO_PROXY: "", SSL_CERT_FILE: join(config, "ca.crt") }
  const program = await tool("crane")
  const crane = (...args: string[]) => command(program, args, { env })
  return {
    host,
    crane,
    async said(...args) {
      const { code, stdout, stderr } = await crane(...args)
      if (code !== 0) throw new Error(`crane ${args.join(" ")}: ${stderr}`)
      return stdout.trim()
    },
    close() {
      proxy.server.close()
      rmSync(config, { recursive: true })
    },
  }
}
