/** The digests of copied images that may be deployed: environments/images.lock.yaml. */
import { parse } from "yaml"

export const PINS = "images.lock.yaml"

/** Reference with digest, by the image's name. */
export type Pins = Readonly<Record<string, string>>

const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/

/**
 * Reads the file.
 *
 * @param text the file's text, or undefined where there is none
 * @throws when it is not a map of names to references with digests
 */
export function readPins(text: string | undefined): Pins {
  const pins: unknown = text === undefined ? {} : parse(text)
  const entries = typeof pins === "object" && pins !== null && !Array.isArray(pins) ? Object.entries(pins) : undefined
  const wrong = entries?.filter(([, value]) => !PINNED.test(String(value))).map(([name]) => name)
  if (!entries || wrong?.length)
    throw new Error(
      `environments/${PINS} must map names of images to references with digests` +
        `${wrong?.length ? `; it does not for ${wrong.join(", ")}` : ""}: write it with \`dagger call pin-images\``,
    )
  return Object.fromEntries(entries)
}

/**
 * The digest that a copied image is taken by, whatever its tag stands for by now.
 *
 * @param name the image's name
 * @param copy where it is copied from; a digest in it is one that it is pinned to
 * @param pins the digests that are pinned
 * @returns the digest, or undefined where none is pinned, or that of another image or tag
 */
export function pinnedDigest(name: string, copy: string, pins: Pins): string | undefined {
  const [, own] = copy.split("@")
  if (own) return own
  const [reference, digest] = (pins[name] ?? "").split("@")
  return [copy, withoutTag(copy)].some((meant) => full(meant) === full(reference)) ? digest : undefined
}

/** A reference by digest in place of its tag. */
export const atDigest = (reference: string, digest: string): string => `${withoutTag(reference)}@${digest}`

const withoutTag = (reference: string) => reference.split("@")[0].replace(/:[^:/]+$/, "")

/** As registries' clients write it: what Docker Hub calls its own lies in `library`. */
const full = (reference: string) => reference.replace(/^docker\.io\/(?!.*\/)/, "docker.io/library/")

/** Why an image without a pin must not be deployed to a target that demands pins. */
export function unpinned(name: string, copy: string, pins: Pins): string {
  const why = pins[name] ? `has ${pins[name]} for it` : "does not have it"
  return `${name} is copied from ${copy}, and environments/${PINS} ${why}: look at what changed, then write it with \`dagger call pin-images\``
}
