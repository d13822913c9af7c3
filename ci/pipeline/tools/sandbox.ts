// Runs the sandbox: one privileged service with a real Kubernetes, a registry, and the emulated cloud.
import { lookup } from "node:dns/promises"
import type { Directory, Service } from "@dagger.io/dagger"
import { programImage } from "./program.js"
import { gatewayProgram, sandboxProgram } from "./sandbox-programs.js"

/** Where the engine's tunnel from the host arrives in the sandbox; host/sandbox.sh names it, too. */
const tunnelPort = 8442

/**
 * The sandbox, not started yet.
 *
 * @param home the directory `sandbox`
 * @param port the one port that it listens on; its names carry it, so it must be the same on every side
 * @param tokenSeconds how long it takes a token of EKS for
 */
export async function sandboxService(home: Directory, port: number, tokenSeconds = 900): Promise<Service> {
  const [programs, own] = await Promise.all([
    programImage("sandbox", sandboxProgram(home)),
    programImage("gateway", gatewayProgram(home)),
  ])
  return programs
    .withDirectory("/usr/local/bin", own.rootfs(), { include: ["gateway", "pause"] })
    .withDirectory("/opt/sandbox", home)
    .withMountedTemp("/data")
    .withEnvVariable("SANDBOX_PORT", String(port))
    .withEnvVariable("SANDBOX_TUNNEL_PORT", String(tunnelPort))
    .withEnvVariable("SANDBOX_TOKEN_SECONDS", String(tokenSeconds))
    .withExposedPort(port)
    .withExposedPort(tunnelPort)
    .withDefaultArgs(["/opt/sandbox/start"])
    .asService({ insecureRootCapabilities: true })
}

/**
 * Starts a sandbox that lives as long as the call.
 *
 * @param home the directory `sandbox`
 * @returns its address in the engine's network, with its port
 */
export async function startSandbox(home: Directory): Promise<string> {
  const port = 8443 // nothing else is in its network namespace
  const service = await (await sandboxService(home, port)).start()
  const { address } = await lookup(await service.hostname(), 4)
  return `${address}:${port}`
}
