// Programs as published images: each is named by the hash of its recipe, and used by the digest that was pinned for it.
import { type Container, dag, type Platform } from "@dagger.io/dagger"
import { digest } from "../model/index.js"
import { say } from "./say.js"

/** What `ci/published.json` says; `pin-programs` writes it. */
export interface Published {
  /** Where programs are published, such as ghcr.io/OWNER/wallet-world. */
  repository: string
  /** The digest of each program that is published, by its name. */
  digests: Record<string, string>
}

/** How a program is made. */
export interface Program {
  /** Everything that decides what is made. */
  recipe(): Promise<object>
  /** Makes it, for the engine's own platform. */
  image(): Promise<Container>
}

let known: Promise<Published> | undefined

/** Which programs are published. */
export function published(): Promise<Published> {
  known ??= dag.currentModule().source().file("published.json").contents().then(readPublished)
  return known
}

/**
 * Reads `ci/published.json`.
 *
 * @param text the file's text
 * @throws when it is not of the form that `pin-programs` writes
 */
export function readPublished(text: string): Published {
  const digest = /^sha256:[0-9a-f]{64}$/
  try {
    const { repository, digests } = JSON.parse(text)
    if (typeof repository === "string" && Object.values(digests).every((one) => digest.test(String(one))))
      return { repository, digests }
  } catch {
    // What is wrong with it does not matter: nobody writes it by hand.
  }
  throw new Error(
    "ci/published.json is not what pin-programs writes: write it anew with `dagger call pin-programs --repository HOST/NAME -o ci/published.json`",
  )
}

/**
 * The name under which a program is published: two that are made in different ways never have the same one.
 *
 * @param name the program
 * @param program how it is made
 * @param platform such as linux/amd64
 * @returns name and tag, such as helm:linux-amd64-0123…
 */
export async function publishedName(name: string, program: Program, platform: string): Promise<string> {
  const hash = digest(await program.recipe()).slice("sha256:".length)
  return `${name}:${platform.replaceAll("/", "-")}-${hash.slice(0, 40)}`
}

/**
 * The image of a program: the published one where it is pinned and can be pulled, else made here by the same recipe.
 *
 * @param name the program
 * @param program how it is made
 */
export async function programImage(name: string, program: Program): Promise<Container> {
  const { repository, digests } = await published()
  if (Object.keys(digests).length === 0) return program.image()
  const platform: Platform = await dag.defaultPlatform()
  const pinned = digests[await publishedName(name, program, platform)]
  if (!pinned) return program.image()
  const reference = `${repository}/${name}@${pinned}`
  try {
    return await dag.container().from(reference).sync()
  } catch (error) {
    say(`${reference} cannot be pulled, so ${name} is made here, which takes longer: ${error}`)
    return program.image()
  }
}
