// A container that holds the command line tools that a step runs.
import { Container, dag } from "@dagger.io/dagger"
import { compiled } from "./go.js"
import { images } from "./versions.js"

/** The command line tools that steps run. */
export type Tool = "helm" | "kubectl" | "terragrunt" | "tofu" | "crane"

/**
 * A container with the given tools on its PATH, certificate authorities and nothing else.
 *
 * @param tools the tools to put in
 * @returns a container without entry point: pass whole command lines to `withExec`
 */
export function toolbox(...tools: Tool[]): Container {
  return tools.reduce((box, tool) => box.withFile(`/usr/local/bin/${tool}`, binary(tool)), base())
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

function binary(tool: Tool) {
  return compiled(tool === "kubectl" ? "kubernetes" : tool).file(tool)
}
