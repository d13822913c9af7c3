/** The images of the repository: environments/images.yaml. */
import { z } from "zod"
import type { Problem } from "../text/problems.js"
import { placedReferences, type Reference } from "../text/references.js"
import { type MapTree, positionAt, scalars, toJson } from "../text/tree.js"
import { validate } from "../text/validate.js"

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const REPOSITORY = /^[a-z0-9]+([._/-][a-z0-9]+)*$/
const DIRECTORY_OR_GIT = /^(https:\/\/|git@|ssh:\/\/|(?!\/)(?!(.*\/)?\.\.(\/|$)))/

/** A name that is good for a Kubernetes object, a part of a host name and a path. */
export const nameSchema = z
  .string()
  .regex(DNS_LABEL, "must consist of lower-case letters, digits and inner dashes")
  .max(53, "must have at most 53 characters, as names of Helm releases do")

export const repositorySchema = z
  .string()
  .regex(REPOSITORY, "must be an ECR repository name, such as wallet-world/ogmios")

/** An image that is taken from another registry as it is, for every platform that it has. */
const copiedSchema = z.strictObject({
  repository: repositorySchema.describe("The ECR repository that the image is pushed to"),
  copy: z
    .string()
    .regex(
      /^[^\s:]+(:\d+)?\/[^\s]+[:@][^\s]+$/,
      "must be a full reference with host and tag, such as ghcr.io/txpipe/oura:v2.2.0",
    )
    .regex(/^(?!.*:latest$)/, "must name a version, not latest")
    .describe("The image to copy, with host and tag"),
})

/** Another image of the file, running in the test of one. */
const neighbourSchema = z.strictObject({
  image: nameSchema.describe("Another image of this file that is built"),
  variables: z.record(z.string(), z.string()).optional().describe("Further environment variables of it"),
})

/** An image that is built from source. */
const builtSchema = z.strictObject({
  repository: repositorySchema.describe("The ECR repository that the image is pushed to"),
  build: z.strictObject({
    context: z
      .string()
      .min(1)
      .regex(DIRECTORY_OR_GIT, "must be a directory of this repository or a Git URL")
      .describe("A directory of this repository, or a Git URL with #ref:directory"),
    dockerfile: z.string().min(1).optional().describe("Path below the context; Dockerfile if not given"),
    target: z.string().min(1).optional().describe("The stage to build; the last one if not given"),
    test: z
      .strictObject({
        path: z.string().startsWith("/").optional().describe("What must answer 200; /health if not given"),
        variables: z
          .record(z.string(), z.string())
          .optional()
          .describe("Environment variables of the image and of its own tests"),
        beside: z
          .record(nameSchema, neighbourSchema)
          .optional()
          .describe("What runs beside it: other images of this file by host name, each on port 8080"),
      })
      .optional()
      .describe("How the image is tried by `test`"),
  }),
})

export const imageSchema = z.union([copiedSchema, builtSchema])
export const imagesSchema = z.record(nameSchema, imageSchema)

export type Image = z.infer<typeof imageSchema>
export type BuiltImage = Extract<Image, { build: object }>

/** Where a build context is: a directory of the repository, or one of another repository's at a branch, tag or commit. */
export type Context = { directory: string } | { url: string; ref: string; directory: string }

/**
 * Takes a build context apart.
 *
 * @param context such as services/api, or https://github.com/OWNER/dappstore#main:services/api; without a ref it is the
 *   branch that the other repository calls its own, without a directory all of it
 */
export function parseContext(context: string): Context {
  if (!/^(https:\/\/|ssh:\/\/|git@)/.test(context)) return { directory: context }
  const [url, fragment = ""] = context.split("#")
  const [ref, directory = "."] = fragment.split(":")
  return { url, ref: ref || "HEAD", directory: directory || "." }
}

/** References that would stay as they are. Other texts with "${", such as a shell's, are meant as they are. */
const references = (tree: MapTree): Problem[] =>
  [...scalars(tree)].flatMap(({ scalar }) =>
    placedReferences(scalar)
      .filter(({ reference }) => reference.kind !== "malformed")
      .map(({ reference, at }) => ({
        at,
        message: `references such as \${${(reference as Reference).text}} are not resolved in this file`,
      })),
  )

/** The images of a file; undefined if there are problems. */
export function readImages(tree: MapTree): { images?: Record<string, Image>; problems: Problem[] } {
  const problems = [...references(tree), ...validate(imagesSchema, tree)]
  if (problems.length > 0) return { problems }
  const images = toJson(tree) as Record<string, Image>
  const owners = new Map<string, string>()
  for (const [name, { repository }] of Object.entries(images)) {
    const owner = owners.get(repository)
    const at = positionAt(tree, [name, "repository"])
    if (owner) {
      problems.push({
        at,
        message: `${name} has the same repository as ${owner}`,
        hint: "each image needs one of its own",
      })
    } else owners.set(repository, name)
    problems.push(...neighbourProblems(tree, name, images))
  }
  return problems.length > 0 ? { problems } : { images, problems }
}

/** What is wrong with what runs beside an image in its test: names of nothing, of copied images, and circles. */
function neighbourProblems(tree: MapTree, name: string, images: Record<string, Image>): Problem[] {
  return Object.entries(neighboursOf(images[name])).flatMap(([host, { image }]) => {
    const at = positionAt(tree, [name, "build", "test", "beside", host, "image"])
    const built = Object.entries(images).flatMap(([other, one]) => ("build" in one && other !== name ? [other] : []))
    if (!built.includes(image))
      return [{ at, message: `${image} is not built here`, hint: `what can run beside ${name} is ${built.join(", ")}` }]
    if (reaches(image, name, images))
      return [
        { at, message: `${image} needs ${name} beside it, too`, hint: "one of the two must do without the other" },
      ]
    return []
  })
}

function neighboursOf(image: Image | undefined) {
  return (image && "build" in image && image.build.test?.beside) || {}
}

function reaches(from: string, to: string, images: Record<string, Image>, seen = new Set<string>()): boolean {
  if (seen.has(from)) return false
  seen.add(from)
  return Object.values(neighboursOf(images[from])).some(({ image }) => image === to || reaches(image, to, images, seen))
}
