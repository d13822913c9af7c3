// Where programs come from: each is named by the hash of its recipe, and pulled, taken from what was kept, or made.
import { type Container, type Directory, dag } from "@dagger.io/dagger"
import { digest } from "../model/index.js"
import { archived, keptProgram } from "./kept.js"
import { pulledProgram } from "./published.js"

/** How a program is made. */
export interface Program {
  /** Everything that decides what is made; the same in every checkout of one commit. */
  recipe(): Promise<object>
  /** Makes it, for the engine's own platform. */
  image(): Promise<Container>
}

/**
 * The name of what a recipe makes: two that are made in different ways never have the same one.
 *
 * @param name the program
 * @param program how it is made
 * @param platform such as linux/amd64
 * @returns name and tag, such as helm:linux-amd64-0123…
 */
export async function programName(name: string, program: Program, platform: string): Promise<string> {
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
  const named = await programName(name, program, await dag.defaultPlatform())
  return (await pulledProgram(named)) ?? (await keptProgram(named)) ?? program.image()
}

/**
 * Programs as image archives, to be handed in again with `--kept-programs`.
 *
 * @param programs how each is made, by its name
 */
export async function keepPrograms(programs: Record<string, Program>): Promise<Directory> {
  const platform = await dag.defaultPlatform()
  const images = await Promise.all(
    Object.entries(programs).map(async ([name, program]) => [
      await programName(name, program, platform),
      await programImage(name, program),
    ]),
  )
  return archived(Object.fromEntries(images))
}
