// Compiles command line tools from released Go modules, by one recipe, online and offline.
import { Container, Directory, dag, File } from "@dagger.io/dagger"
import { ownFile } from "./own-files.js"
import { go, images } from "./versions.js"

/** A released Go module and the commands that are compiled from it. */
interface GoModule {
  module: string
  version: string
  /** Command name -> package in the module. */
  commands: Record<string, string>
  /** Linker flags, mostly the version that the command prints. */
  ldflags?: string
  /** `go mod edit` flags, for modules whose `replace`s point into their own repository. */
  edits?: string[]
  /** The version of Kubernetes to whose libraries those that it uses are raised, so that they need not be compiled twice. */
  kubernetes?: string
  /** Files that take the place of the module's, by path, and the Go file that is run then to write the sources made of them. */
  files?: Record<string, string>
  generator?: string
}

const kubernetesVersion = "k8s.io/component-base/version"

/** What the sandbox's Corefile (sandbox/cluster/dns.sh) uses. All plugins together are three clouds' SDKs, and more. */
const corednsPlugins = ["bind", "ready", "errors", "cache", "template", "hosts", "kubernetes", "forward"]

const modules = {
  actionlint: {
    module: "github.com/rhysd/actionlint",
    version: go.actionlint,
    commands: { actionlint: "./cmd/actionlint" },
  },
  containerd: {
    module: "github.com/containerd/containerd/v2",
    version: go.containerd,
    kubernetes: go.kubernetes,
    commands: {
      containerd: "./cmd/containerd",
      "containerd-shim-runc-v2": "./cmd/containerd-shim-runc-v2",
      ctr: "./cmd/ctr",
    },
  },
  coredns: {
    module: "github.com/coredns/coredns",
    version: go.coredns,
    kubernetes: go.kubernetes,
    commands: { coredns: "." },
    // Their order is the order in which a query passes through them: CoreDNS's own.
    files: { "plugin.cfg": corednsPlugins.map((name) => `${name}:${name}\n`).join("") },
    generator: "directives_generate.go",
  },
  crane: { module: "github.com/google/go-containerregistry", version: go.crane, commands: { crane: "./cmd/crane" } },
  distribution: {
    module: "github.com/distribution/distribution/v3",
    version: go.distribution,
    commands: { registry: "./cmd/registry" },
  },
  etcd: {
    module: "go.etcd.io/etcd/server/v3",
    version: go.etcd,
    commands: { etcd: "." },
    edits: ["api/v3", "client/pkg/v3", "client/v3", "pkg/v3", "client/v2", "raft/v3"].map(
      (part) => `-dropreplace=go.etcd.io/etcd/${part}`,
    ),
  },
  helm: {
    module: "helm.sh/helm/v4",
    version: go.helm,
    commands: { helm: "./cmd/helm" },
    ldflags: `-X helm.sh/helm/v4/internal/version.version=${go.helm}`,
  },
  kubernetes: {
    module: "k8s.io/kubernetes",
    version: go.kubernetes,
    commands: Object.fromEntries(
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"].map(
        (name) => [name, `./cmd/${name}`],
      ),
    ),
    ldflags: [
      `-X ${kubernetesVersion}.gitVersion=${go.kubernetes}`,
      `-X ${kubernetesVersion}.gitMajor=1`,
      `-X ${kubernetesVersion}.gitMinor=${go.kubernetes.split(".")[1]}`,
    ].join(" "),
  },
  // Kubernetes 1.35's libraries lack a constant that it uses.
  kwok: { module: "sigs.k8s.io/kwok", version: go.kwok, commands: { kwok: "./cmd/kwok" } },
  syft: {
    module: "github.com/anchore/syft",
    version: go.syft,
    commands: { syft: "./cmd/syft" },
    ldflags: `-X main.version=${go.syft}`,
  },
  terragrunt: {
    module: "github.com/gruntwork-io/terragrunt",
    version: go.terragrunt,
    commands: { terragrunt: "." },
    ldflags: `-X github.com/gruntwork-io/terragrunt/internal/version.Version=${go.terragrunt}`,
  },
  tofu: {
    module: "github.com/opentofu/opentofu",
    version: go.tofu,
    commands: { tofu: "./cmd/tofu" },
    ldflags: "-X github.com/opentofu/opentofu/version.dev=no",
  },
} satisfies Record<string, GoModule>

/** The modules that `compiled` knows. */
export type GoModuleName = keyof typeof modules

/**
 * The commands of a released Go module, compiled by the engine with caches for modules and builds.
 *
 * @param name the module's name in the table above
 * @returns a directory with one executable per command
 * @throws when the module cannot be downloaded or does not compile; the compiler's message is shown
 */
export function compiled(name: GoModuleName): Directory {
  const { module, version, commands, ldflags, edits, kubernetes, files, generator }: GoModule = modules[name]
  return Object.entries(files ?? {})
    .reduce((box, [path, text]) => box.withNewFile(`/replaced/${path}`, text), compiler())
    .withEnvVariable("MODULE", module)
    .withEnvVariable("VERSION", version)
    .withEnvVariable("LDFLAGS", ldflags ?? "")
    .withEnvVariable("GENERATOR", generator ?? "")
    .withEnvVariable("KUBERNETES", kubernetes ?? "")
    .withExec([
      "bash",
      "/opt/compile.sh",
      ...(edits ?? []),
      "--",
      ...Object.entries(commands).map(([command, path]) => `${command}=${path}`),
    ])
    .directory("/out")
}

/**
 * Everything that decides what {@link compiled} yields, for the name of its result.
 *
 * @param name the module's name in the table above
 */
export async function goRecipe(name: GoModuleName): Promise<object> {
  return { ...modules[name], settings, golang: images.golang, script: compileScript() }
}

/**
 * A command compiled from Go sources of our own.
 *
 * @param source a directory with a `go.mod`, or with a single file of package main
 * @param name the command's name
 * @returns the executable
 */
export function compiledSource(source: Directory, name: string): File {
  return compiler()
    .withMountedDirectory("/src", source)
    .withWorkdir("/src")
    .withExec(["go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", `/out/${name}`, "."])
    .file(`/out/${name}`)
}

/**
 * Everything that decides what {@link compiledSource} yields.
 *
 * @param source its directory
 */
export async function sourceRecipe(source: Directory): Promise<object> {
  const names = (await source.glob("*")).sort()
  const files = names.map(async (name) => [name, await source.file(name).contents()])
  return { settings, golang: images.golang, files: await Promise.all(files) }
}

/**
 * How Go compiles, whatever it is. Its collector runs less often: Go's standard library and compiler take 0.76 of the time.
 */
const settings = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOGC: "400" }

const compileScript = () => ownFile("pipeline/tools/compile.sh")

function compiler(): Container {
  return Object.entries(settings)
    .reduce((box, [name, value]) => box.withEnvVariable(name, value), dag.container().from(images.golang))
    .withMountedCache("/go/pkg/mod", dag.cacheVolume("wallet-world-go-modules"))
    .withMountedCache("/go/build", dag.cacheVolume("wallet-world-go-build"))
    .withEnvVariable("GOPATH", "/go")
    .withEnvVariable("GOCACHE", "/go/build")
    .withNewFile("/opt/compile.sh", compileScript())
}
