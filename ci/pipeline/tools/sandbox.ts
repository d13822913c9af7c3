// Builds the sandbox: one privileged service with a real Kubernetes, a registry, and the emulated cloud.
import { lookup } from "node:dns/promises"
import { type Container, type Directory, dag, type Service } from "@dagger.io/dagger"
import { compiled, compiledSource, type GoModuleName, goRecipe } from "./go.js"
import { makeAll } from "./progress.js"
import { type Program, programImage } from "./published.js"
import { images } from "./versions.js"

/** Debian packages that the parts of the sandbox run on. */
const packages = [
  "bash",
  "ca-certificates",
  "conntrack",
  "containernetworking-plugins",
  "curl",
  "iproute2",
  "iptables",
  "jq",
  "openjdk-21-jre-headless",
  "openssl",
  "procps",
  "python3",
  "runc",
]

/** About how long those take that take longest, on two processors. */
const seconds: Partial<Record<GoModuleName, number>> = { kubernetes: 360, containerd: 90, coredns: 120 }

const goModules: GoModuleName[] = ["containerd", "coredns", "distribution", "etcd", "kubernetes", "kwok"]

/**
 * The sandbox, not started yet.
 *
 * @param home the directory `sandbox`
 * @param port the one port that it listens on; its names carry it, so it must be the same on every side
 * @param tokenSeconds how long it takes a token of EKS for
 */
export async function sandboxService(home: Directory, port: number, tokenSeconds = 900): Promise<Service> {
  return (await programImage("sandbox", sandboxProgram(home)))
    .withMountedTemp("/data")
    .withEnvVariable("SANDBOX_PORT", String(port))
    .withEnvVariable("SANDBOX_TOKEN_SECONDS", String(tokenSeconds))
    .withExposedPort(port)
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

/**
 * How the sandbox is made.
 *
 * @param home the directory `sandbox`
 */
export function sandboxProgram(home: Directory): Program {
  return {
    recipe: async () => ({
      postgres: images.postgres,
      modules: await Promise.all(goModules.map(goRecipe)),
      home: await home.digest(),
      // All else stands in this file.
      steps: await dag.currentModule().source().file("pipeline/tools/sandbox.ts").contents(),
    }),
    async image() {
      // Side by side: the engine would make one after the other, and downloads leave cores idle.
      await makeAll("the sandbox", [
        ...goModules.map((name) => ({ name, seconds: seconds[name] ?? 60, make: () => compiled(name).sync() })),
        { name: "the emulator of AWS", seconds: 60, make: () => pythonPackages(sandboxBase(), home).sync() },
        { name: "Kafka", seconds: 40, make: () => kafkaJars(home).sync() },
      ])
      return sandboxContainer(home)
    },
  }
}

/** What every part of the sandbox runs on: Postgres and Debian's packages. */
export function sandboxBase(): Container {
  return dag
    .container()
    .from(images.postgres)
    .withUser("root")
    .withEnvVariable("DEBIAN_FRONTEND", "noninteractive")
    .withExec(["apt-get", "update", "-q"])
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", ...packages])
}

/** The sandbox's root file system. */
function sandboxContainer(home: Directory): Container {
  const base = sandboxBase()
  return goModules
    .reduce((box, name) => box.withDirectory("/usr/local/bin", compiled(name)), base)
    .withFile("/usr/local/bin/gateway", compiledSource(home.directory("gateway"), "gateway"))
    .withFile("/usr/local/bin/pause", compiledSource(home.directory("pause"), "pause"))
    .withDirectory("/opt/cloud-venv", pythonPackages(base, home))
    .withDirectory("/opt/kafka", kafkaJars(home))
    .withDirectory("/opt/sandbox", home)
}

function pythonPackages(base: Container, home: Directory): Directory {
  return base
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", "python3-venv"])
    .withExec(["python3", "-m", "venv", "/opt/cloud-venv"])
    .withMountedCache("/root/.cache/pip", dag.cacheVolume("wallet-world-pip"))
    .withMountedFile("/requirements.txt", home.file("cloud/requirements.txt"))
    .withExec(["/opt/cloud-venv/bin/pip", "install", "--quiet", "--requirement", "/requirements.txt"])
    .directory("/opt/cloud-venv")
}

/** Kafka, from Maven Central. */
export function kafkaJars(home: Directory): Directory {
  return sandboxBase()
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", "maven"])
    .withMountedCache("/root/.m2", dag.cacheVolume("wallet-world-maven"))
    .withMountedFile("/build/pom.xml", home.file("kafka/pom.xml"))
    .withWorkdir("/build")
    .withExec(["mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=/jars"])
    .directory("/jars")
}
