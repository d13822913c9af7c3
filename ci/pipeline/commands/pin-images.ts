// pin-images: the digests of all copied images, as the registries answer them.
import { dag } from "@dagger.io/dagger"
import { yamlText } from "../model/index.js"
import { standInLabel } from "../steps/upstream.js"
import type { Session } from "./session.js"

/**
 * Asks the registries for digests.
 *
 * @param session the call
 * @returns the text of `environments/images.lock.yaml`
 * @throws with every image that a stand-in answers for, or whose registry does not answer: no digest is made up
 */
export async function pinImages(session: Session): Promise<string> {
  const problems: string[] = []
  const pins: Record<string, string> = {}
  for (const [name, image] of Object.entries(await session.images())) {
    if (!("copy" in image)) continue
    try {
      const container = dag.container().from(image.copy)
      if (await container.label(standInLabel))
        problems.push(`${image.copy}: a stand-in of this machine's mirror answers`)
      else pins[name] = await container.imageRef()
    } catch (error) {
      problems.push(`${image.copy}: ${(error as Error).message}`)
    }
  }
  if (problems.length > 0)
    throw new Error(`no lock was written; run this where the registries can be reached:\n  ${problems.join("\n  ")}`)
  return `# Written by \`dagger call pin-images\`: what the registries answered.\n${yamlText(pins)}`
}
