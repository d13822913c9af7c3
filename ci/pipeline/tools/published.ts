// Programs that are published, as images, so that nobody need make them: `ci/published.json` says which.
import { type Container, dag } from "@dagger.io/dagger"
import { ownFile } from "./own-files.js"
import { say } from "./say.js"

/** What `ci/published.json` says; `pin-programs` writes it. */
export interface Published {
  /** Where programs are published, such as ghcr.io/OWNER/wallet-world. */
  repository: string
  /** The digest of each program that is published, by its name. */
  digests: Record<string, string>
}

/** Which programs are published. */
export function published(): Published {
  return readPublished(ownFile("published.json"))
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
    "ci/published.json is not what pin-programs writes: rewrite it with `./daggerw call pin-programs --repository HOST/NAME -o ci/published.json`",
  )
}

/**
 * The published image of a program, if it is pinned and can be pulled.
 *
 * @param named the program's name, with the hash of its recipe
 */
export async function pulledProgram(named: string): Promise<Container | undefined> {
  const { repository, digests } = published()
  if (!digests[named]) return undefined
  const [name] = named.split(":")
  const reference = `${repository}/${name}@${digests[named]}`
  try {
    return await dag.container().from(reference).sync()
  } catch (error) {
    say(`${reference} cannot be pulled, so ${name} is compiled here, which takes longer: ${error}`)
    return undefined
  }
}
