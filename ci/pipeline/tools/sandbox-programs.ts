// The programs of the sandbox: a real Kubernetes, Kafka, the emulator of AWS, and our gateway, on Postgres and Debian.
import { type Container, type Directory, dag } from "@dagger.io/dagger"
import { compiled, compiledSource, type GoModuleName, goRecipe, sourceRecipe } from "./go.js"
import { ownFile } from "./own-files.js"
import type { Program } from "./program.js"
import { makeAll } from "./progress.js"
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
const seconds: Partial<Record<GoModuleName, number>> = { kubernetes: 360, containerd: 90, kwok: 120 }

const goModules: GoModuleName[] = ["containerd", "coredns", "distribution", "etcd", "kubernetes", "kwok"]

/** Lists of what is downloaded, in the directory `sandbox`. */
const requirements = "cloud/requirements.txt"
const pom = "kafka/pom.xml"

/**
 * What others have written, which takes long to make. Our own files are put on top where the sandbox starts.
 *
 * @param home the directory `sandbox`
 */
export function sandboxProgram(home: Directory): Program {
  return {
    recipe: async () => ({
      postgres: images.postgres,
      modules: await Promise.all(goModules.map(goRecipe)),
      requirements: await home.file(requirements).contents(),
      pom: await home.file(pom).contents(),
      // All else stands in this file.
      steps: await ownFile("pipeline/tools/sandbox-programs.ts"),
    }),
    async image() {
      // Side by side: the engine would make one after the other, and downloads leave cores idle.
      await makeAll("the sandbox", [
        ...goModules.map((name) => ({ name, seconds: seconds[name] ?? 60, make: () => compiled(name).sync() })),
        { name: "the emulator of AWS", seconds: 60, make: () => pythonPackages(home).sync() },
        { name: "Kafka", seconds: 40, make: () => kafkaJars(home).sync() },
      ])
      return goModules
        .reduce((box, name) => box.withDirectory("/usr/local/bin", compiled(name)), sandboxBase())
        .withDirectory("/opt/cloud-venv", pythonPackages(home))
        .withDirectory("/opt/kafka", kafkaJars(home))
    },
  }
}

const ownCommands = ["gateway", "pause"] as const

/**
 * Our own commands in the sandbox, as `/gateway` and `/pause`.
 *
 * @param home the directory `sandbox`
 */
export function gatewayProgram(home: Directory): Program {
  return {
    recipe: async () => ({ sources: await Promise.all(ownCommands.map((name) => sourceRecipe(home.directory(name)))) }),
    image: async () =>
      ownCommands.reduce(
        (box, name) => box.withFile(`/${name}`, compiledSource(home.directory(name), name)),
        dag.container(),
      ),
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

function pythonPackages(home: Directory): Directory {
  return sandboxBase()
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", "python3-venv"])
    .withExec(["python3", "-m", "venv", "/opt/cloud-venv"])
    .withMountedCache("/root/.cache/pip", dag.cacheVolume("wallet-world-pip"))
    .withMountedFile("/requirements.txt", home.file(requirements))
    .withExec(["/opt/cloud-venv/bin/pip", "install", "--quiet", "--requirement", "/requirements.txt"])
    .directory("/opt/cloud-venv")
}

/** Kafka, from Maven Central. */
export function kafkaJars(home: Directory): Directory {
  return sandboxBase()
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", "maven"])
    .withMountedCache("/root/.m2", dag.cacheVolume("wallet-world-maven"))
    .withMountedFile("/build/pom.xml", home.file(pom))
    .withWorkdir("/build")
    .withExec(["mvn", "--batch-mode", "--quiet", "dependency:copy-dependencies", "-DoutputDirectory=/jars"])
    .directory("/jars")
}
