// Programs that this machine keeps outside of the engine, as image archives, so that they outlive the engine's cache.
import { type Container, type Directory, dag, ImageLayerCompression } from "@dagger.io/dagger"
import { canonicalJson } from "../model/index.js"
import { say } from "./say.js"

/** The digest of each archive, by the program's name. */
type Index = Record<string, string>

const indexFile = "programs.json"
const archiveFile = (named: string) => `${named.replace(":", "_")}.tar`

let kept: { directory: Directory; index: Promise<Index> } | undefined

/**
 * Says which programs were made before, so that an engine without its cache need not compile them again.
 *
 * @param directory what {@link archived} returned once
 */
export function useKeptPrograms(directory?: Directory): void {
  kept = directory && { directory, index: readIndex(directory) }
}

async function readIndex(directory: Directory): Promise<Index> {
  try {
    return JSON.parse(await directory.file(indexFile).contents())
  } catch (error) {
    say(`the kept programs cannot be used, so they are compiled here, which takes longer: ${error}`)
    return {}
  }
}

/**
 * A program that was kept, if its archive is still the one that was written.
 *
 * @param named the program's name, with the hash of its recipe
 */
export async function keptProgram(named: string): Promise<Container | undefined> {
  const expected = (await kept?.index)?.[named]
  if (!kept || !expected) return undefined
  const file = kept.directory.file(archiveFile(named))
  try {
    const found = await file.digest({ excludeMetadata: true })
    if (found !== expected) throw new Error(`its digest is ${found}, but ${expected} was recorded`)
    return await dag.container().import_(file).sync()
  } catch (error) {
    say(`the kept ${named} cannot be used, so it is compiled here, which takes longer: ${error}`)
    return undefined
  }
}

/**
 * Programs as image archives, to be handed in again with `--kept-programs`.
 *
 * @param images the programs, by their names
 * @returns a directory with an archive of each, and an index with their digests
 */
export async function archived(images: Record<string, Container>): Promise<Directory> {
  const files = Object.entries(images).map(([named, image]) => ({
    named,
    file: image.asTarball({ forcedCompression: ImageLayerCompression.Zstd }),
  }))
  const digests = await Promise.all(
    files.map(async ({ named, file }) => [named, await file.digest({ excludeMetadata: true })]),
  )
  return files.reduce(
    (directory, { named, file }) => directory.withFile(archiveFile(named), file),
    dag.directory().withNewFile(indexFile, canonicalJson(Object.fromEntries(digests), 2)),
  )
}
