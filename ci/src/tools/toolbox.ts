// A container that holds the command line tools that a step runs.
import { type Container, dag, type File } from "@dagger.io/dagger"
import { compiled } from "./go.js"
import { images } from "./versions.js"

const tools = ["helm", "kubectl", "terragrunt", "tofu", "crane"] as const

/** Tools of which only the tests have need. */
const linters = ["actionlint"] as const

/** The command line tools that steps run. */
export type Tool = (typeof tools)[number]
type Linter = (typeof linters)[number]

/**
 * A container with the given tools on its PATH, certificate authorities and nothing else.
 *
 * @param wanted the tools to put in
 * @returns a container without entry point: pass whole command lines to `withExec`
 */
export function toolbox(...wanted: Tool[]): Container {
  return wanted.reduce((box, tool) => box.withFile(`/usr/local/bin/${tool}`, binary(tool)), base())
}

function base(): Container {
  // git: Terragrunt looks for it whatever its sources are.
  return dag
    .container()
    .from(images.debian)
    .withEnvVariable("DEBIAN_FRONTEND", "noninteractive")
    .withExec(["apt-get", "update", "-q"])
    .withExec(["apt-get", "install", "-qy", "--no-install-recommends", "ca-certificates", "git"])
}

/**
 * One tool as a file.
 *
 * @param name the tool's name
 * @throws when there is no such tool; the message lists those that there are
 */
export function toolFile(name: string): File {
  const known: readonly string[] = [...tools, ...linters]
  if (!known.includes(name)) throw new Error(`there is no tool ${name}: there are ${known.join(", ")}`)
  return binary(name as Tool | Linter)
}

function binary(tool: Tool | Linter): File {
  return compiled(tool === "kubectl" ? "kubernetes" : tool).file(tool)
}
