// Pushes under a tag that names the content and never changes: whoever else pushes it at the same time pushes the same.

/**
 * Pushes, and is content with what another deployment pushed meanwhile: registries refuse a tag that is there already.
 *
 * @param push does it; returns the digest
 * @param present the digest that the registry has under the tag, if any
 * @returns the digest under which the registry holds it
 * @throws what `push` threw, when the registry does not hold it
 */
export async function pushOnce(
  push: () => Promise<string>,
  present: () => Promise<string | undefined>,
): Promise<string> {
  try {
    return await push()
  } catch (error) {
    const digest = await present().catch(() => undefined)
    if (!digest) throw error
    return digest
  }
}
