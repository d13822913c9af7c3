// crane: puts images into the target's registry: what the engine built, and what another registry has.
import type { Container, File } from "@dagger.io/dagger"
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
  const box = await craneBox(target, registry)
  const command = ["crane", "push", "/image.tar", `${registry.host}/${repository}:${tag}`]
  const { stdout } = await run(box.withMountedFile("/image.tar", tarball), command)
  const [, digest] = /@(sha256:[0-9a-f]{64})/.exec(stdout) ?? []
  if (!digest) throw new Error(`crane push printed no digest for ${repository}:${tag}: ${stdout.trim()}`)
  return digest
}

/**
 * Copies an image from one registry to another as it is: an index stays one, with all of its platforms, and the digest
 * stays the same.
 *
 * @param target the target
 * @param registry its registry
 * @param reference what to copy, by digest
 * @param repository the repository's name
 * @param tag the tag to give it
 * @throws when a registry cannot be reached or refuses, with crane's message
 */
export async function copyImage(
  target: Target,
  registry: Registry,
  reference: string,
  repository: string,
  tag: string,
): Promise<void> {
  await run(await craneBox(target, registry), ["crane", "copy", reference, `${registry.host}/${repository}:${tag}`])
}

/**
 * The digest that a registry has for a reference; of an index, the index's own.
 *
 * @param target the target: its registry may be the one that is asked
 * @param registry the target's registry
 * @param reference with a tag or a digest
 * @throws when the registry cannot be reached or has no such image, with crane's message
 */
export async function digestAt(target: Target, registry: Registry, reference: string): Promise<string> {
  return (await run(await craneBox(target, registry), ["crane", "digest", reference])).stdout.trim()
}

const craneBox = async (target: Target, registry: Registry): Promise<Container> =>
  target.attach(withRegistryLogin(await toolbox("crane"), registry))
