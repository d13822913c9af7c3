// A container that holds the command line tools that a step runs.
import { type Container, dag, type File } from "@dagger.io/dagger"
import { compiled, type GoModuleName, goRecipe } from "./go.js"
import { type Program, programImage } from "./program.js"
import { images } from "./versions.js"

/** The command line tools that steps run. */
export const stepTools = ["helm", "terragrunt", "tofu", "crane"] as const

/** Tools that no step runs: they are for tests and releases. */
const others = ["kubectl", "actionlint", "syft"] as const

export type Tool = (typeof stepTools)[number] | (typeof others)[number]

/** All tools. */
export const toolNames: readonly Tool[] = [...stepTools, ...others]

/**
 * A container with the given tools on its PATH, certificate authorities and nothing else.
 *
 * @param wanted the tools to put in
 * @returns a container without entry point: pass whole command lines to `withExec`
 */
export async function toolbox(...wanted: Tool[]): Promise<Container> {
  const files = await Promise.all(wanted.map(binary))
  return wanted.reduce((box, tool, index) => box.withFile(`/usr/local/bin/${tool}`, files[index]), base())
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
export async function toolFile(name: string): Promise<File> {
  const known: readonly string[] = toolNames
  if (!known.includes(name)) throw new Error(`there is no tool ${name}: there are ${known.join(", ")}`)
  return binary(name as Tool)
}

/**
 * How a tool is made: compiled, and alone in its image.
 *
 * @param tool the tool
 */
export function toolProgram(tool: Tool): Program {
  const module: GoModuleName = tool === "kubectl" ? "kubernetes" : tool
  return {
    recipe: async () => ({ tool, ...(await goRecipe(module)) }),
    image: async () => dag.container().withFile(`/${tool}`, compiled(module).file(tool)),
  }
}

async function binary(tool: Tool): Promise<File> {
  return (await programImage(tool, toolProgram(tool))).file(`/${tool}`)
}
