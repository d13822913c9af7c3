/** The record of a finished deployment: enough to say what runs, and to deploy the same again. It holds nothing secret. */
import { z } from "zod"
import { canonicalJson, digest } from "./canonical.js"

export { canonicalJson, digest }

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be a digest: sha256: and 64 hexadecimal digits")

export const lockSchema = z.strictObject({
  format: z.literal(1),
  environment: z.string(),
  target: z.enum(["aws", "sandbox"]),
  account: z.string(),
  region: z.string(),
  cluster: z.string(),
  /** The Git commit; null if it is not known or the work tree was changed. */
  commit: z.string().nullable(),
  /** Versions of the tools that took part. */
  versions: z.record(z.string(), z.string()),
  /** `source` is what was copied, by digest, or null for what was built. */
  images: z.record(
    z.string(),
    z.strictObject({ repository: z.string(), digest: digestSchema, source: z.string().nullable() }),
  ),
  charts: z.record(z.string(), z.strictObject({ repository: z.string(), version: z.string(), digest: digestSchema })),
  /** By step, unit: digests of inputs and module, the state object's ETag, and the outputs that are not secret. */
  infrastructure: z.record(
    z.string(),
    z.record(
      z.string(),
      z.strictObject({
        inputs: digestSchema,
        module: digestSchema,
        state: z.string(),
        outputs: z.record(z.string(), z.json()),
      }),
    ),
  ),
  releases: z.record(
    z.string(),
    z.strictObject({
      namespace: z.string(),
      chart: z.string(),
      revision: z.int(),
      values: digestSchema,
      manifests: digestSchema,
    }),
  ),
  /** When and by whom: not part of the digest, so that deploying the same twice gives the same one. */
  recorded: z.strictObject({ at: z.iso.datetime(), by: z.string(), seconds: z.number() }),
})

export type Lock = z.infer<typeof lockSchema>

/** What was deployed, as one digest; when and by whom does not matter for it. */
export function lockDigest({ recorded: _, ...content }: Lock): string {
  return digest(content)
}

/** The lock as it is stored: sorted keys, so that two can be compared line by line. */
export const formatLock = (lock: Lock) => `${canonicalJson(lock, 2)}\n`

/**
 * Reads a stored lock.
 *
 * @throws Error that says what is wrong with it
 */
export function parseLock(text: string): Lock {
  const result = lockSchema.safeParse(parseJson(text))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`)
  throw new Error(`the deployment lock cannot be read:\n${problems.join("\n")}`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`the deployment lock is not JSON: ${(error as Error).message}`)
  }
}
