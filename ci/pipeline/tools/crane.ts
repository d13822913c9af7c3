// crane: pushes images that the engine built to the target's registry.
import type { File } from "@dagger.io/dagger"
import type { Target } from "../targets/target.js"
import type { Registry } from "./ecr.js"
import { run } from "./exec.js"
import { withRegistryLogin } from "./registry.js"
import { toolbox } from "./toolbox.js"

/**
 * Pushes an image; layers that the registry has are not sent again.
 *
 * @param target the target
 * @param registry its registry
 * @param tarball the image, as `Container.asTarball` exports it
 * @param repository the repository's name
 * @param tag the tag to give it
 * @returns the digest under which the registry holds it
 * @throws when the registry refuses, with crane's message
 */
export async function pushImage(
  target: Target,
  registry: Registry,
  tarball: File,
  repository: string,
  tag: string,
): Promise<string> {
  const box = await target.attach(withRegistryLogin(await toolbox("crane"), registry))
  const command = ["crane", "push", "/image.tar", `${registry.host}/${repository}:${tag}`]
  const { stdout } = await run(box.withMountedFile("/image.tar", tarball), command)
  const [, digest] = /@(sha256:[0-9a-f]{64})/.exec(stdout) ?? []
  if (!digest) throw new Error(`crane push printed no digest for ${repository}:${tag}: ${stdout.trim()}`)
  return digest
}
