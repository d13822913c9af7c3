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

/** What was found where an image is copied from. */
export interface Source {
  /** Reference with the digest that the registry answered. */
  readonly reference: string
  /** What it only stands in for, where it is a stand-in. */
  readonly standIn?: string
}

/**
 * Why a copied image must not be deployed to a target that demands pinned images; undefined when it may be.
 *
 * @param name the image's name
 * @param copy where it is copied from
 * @param source what was found there
 * @param pins the digests that may be deployed
 */
export function refusal(name: string, copy: string, source: Source, pins: Pins): string | undefined {
  if (source.standIn)
    return `${copy} came from this machine's mirror and only stands in for the real image: deploy from where its registry can be reached`
  const pinned = pins[name]
  const next = "look at what changed, then write environments/images.lock.yaml with `dagger call pin-images`"
  if (!pinned) return `${copy} is not in environments/images.lock.yaml: ${next}`
  const [found, expected] = [source.reference, pinned].map((reference) => reference.split("@")[1])
  if (found !== expected) return `${copy} is ${found} now, environments/images.lock.yaml has ${expected}: ${next}`
}
