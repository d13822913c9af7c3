// Where programs come from: each is named by the hash of its recipe, and pulled, taken from what was kept, or made.
import { type Container, type Directory, dag, ImageLayerCompression } from "@dagger.io/dagger"
import { canonicalJson, digest } from "../model/index.js"
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
 * The image of a program: the published one where it is pinned and can be pulled, else the one that was kept, else made
 * here. All of them by the same recipe.
 *
 * @param name the program
 * @param program how it is made
 */
export async function programImage(name: string, program: Program): Promise<Container> {
  const { repository, digests } = await published()
  if (Object.keys(digests).length === 0 && !kept) return program.image()
  const named = await publishedName(name, program, await dag.defaultPlatform())
  return (await pulled(repository, name, digests[named])) ?? (await taken(named)) ?? program.image()
}

async function pulled(repository: string, name: string, pinned?: string): Promise<Container | undefined> {
  if (!pinned) return undefined
  const reference = `${repository}/${name}@${pinned}`
  try {
    return await dag.container().from(reference).sync()
  } catch (error) {
    say(`${reference} cannot be pulled, so ${name} is made here, which takes longer: ${error}`)
    return undefined
  }
}

/** The index of a directory of kept programs: the digest of each archive, by the program's name. */
const index = "programs.json"

const archive = (named: string) => `${named.replace(":", "_")}.tar`

let kept: Directory | undefined

/**
 * Says which programs were made before, so that an engine without its cache need not compile them again.
 *
 * @param directory what {@link keepPrograms} returned once
 */
export function useKeptPrograms(directory?: Directory): void {
  kept = directory
}

/**
 * Programs as image archives, to be handed in again with `--kept-programs`.
 *
 * @param programs how each is made, by its name
 * @returns a directory with an archive of each, and an index with their digests
 */
export async function keepPrograms(programs: Record<string, Program>): Promise<Directory> {
  const platform = await dag.defaultPlatform()
  const archives = await Promise.all(
    Object.entries(programs).map(async ([name, program]) => {
      const named = await publishedName(name, program, platform)
      const image = await programImage(name, program)
      const file = image.asTarball({ forcedCompression: ImageLayerCompression.Zstd })
      return { named, file, digest: await file.digest({ excludeMetadata: true }) }
    }),
  )
  const digests = Object.fromEntries(archives.map(({ named, digest }) => [named, digest]))
  return archives.reduce(
    (directory, { named, file }) => directory.withFile(archive(named), file),
    dag.directory().withNewFile(index, canonicalJson(digests, 2)),
  )
}

/** A program that was kept, if it was and its archive is still the one that was written. */
async function taken(named: string): Promise<Container | undefined> {
  if (!kept) return undefined
  try {
    const digests: Record<string, string> = JSON.parse(await kept.file(index).contents())
    const expected = digests[named]
    if (!expected) return undefined
    const file = kept.file(archive(named))
    const found = await file.digest({ excludeMetadata: true })
    if (found !== expected) throw new Error(`its digest is ${found}, it was written as ${expected}`)
    return await dag.container().import_(file).sync()
  } catch (error) {
    say(`the kept ${named} cannot be used, so it is made here, which takes longer: ${error}`)
    return undefined
  }
}
