// An image: copied from elsewhere or built from source, pushed to the target's registry, used by its digest.
import { type Container, type Directory, dag } from "@dagger.io/dagger"
import { type Image, parseContext, refusal } from "../model/index.js"
import { pushImage } from "../tools/crane.js"
import { digestOf } from "../tools/ecr.js"
import type { Deployment, Sources } from "./deployment.js"
import type { Step } from "./step.js"

/** The label of images that only stand in for what cannot be had; a value says what for. */
export const standInLabel = "io.wallet-world.stand-in"

interface Found {
  tag: string
  digest?: string
  /** The registry's host. */
  host: string
  /** Reference with digest of what is copied. */
  copied?: string
}

/**
 * The step that publishes one image.
 *
 * @param id the step's name in the graph
 * @param name the image's name
 * @param image what `environments/images.yaml` says of it
 * @param deployment the deployment that it belongs to
 */
export function imageStep(id: string, name: string, image: Image, deployment: Deployment): Step<Found> {
  const { place, target, sources } = deployment
  const source = imageContainer(image, sources)

  return {
    id,
    async inspect() {
      await checkSource(name, image, source, deployment)
      const [tag, { host }] = await Promise.all([contentTag(image, source, sources), deployment.registry()])
      const copied = "copy" in image ? await source.imageRef() : undefined
      return { tag, host, copied, digest: await digestOf(place, image.repository, tag) }
    },
    plan: ({ tag, digest }) =>
      digest ? { action: "unchanged", why: `${tag} is in the registry` } : { action: "create", why: `push ${tag}` },
    async apply(found) {
      const digest = await pushImage(
        target,
        await deployment.registry(),
        source.asTarball(),
        image.repository,
        found.tag,
      )
      return { ...found, digest }
    },
    outputs: ({ host, copied, digest = "" }) => ({
      version: digest,
      values: { digest, reference: `${host}/${image.repository}@${digest}`, ...(copied && { source: copied }) },
    }),
    // Images are shared by environments; the repository's lifecycle rules remove what nobody uses.
    destroy: async () => {},
  }
}

/**
 * The container of an image, as it is pushed.
 *
 * @param image what `environments/images.yaml` says of it
 * @param sources where build contexts are found
 */
export function imageContainer(image: Image, sources: Sources): Container {
  if ("copy" in image) return dag.container().from(image.copy)
  const { context, dockerfile = "Dockerfile", target } = image.build
  return contextDirectory(context, sources).dockerBuild({ dockerfile, target })
}

/** A build context; Git is asked for a branch's head anew in each call. */
function contextDirectory(context: string, { repository }: Sources): Directory {
  const found = parseContext(context)
  const tree = "url" in found ? dag.git(found.url).ref(found.ref).tree() : repository
  return tree.directory(found.directory)
}

/** A tag that names the content: what is copied by its digest, what is built by its context. */
async function contentTag(image: Image, source: Container, sources: Sources): Promise<string> {
  return "copy" in image ? `copy-${digestPart(await source.imageRef())}` : buildTag(image, sources)
}

/** The tag of an image that is built: it names the context and how it is built. */
export async function buildTag(image: Extract<Image, { build: object }>, sources: Sources): Promise<string> {
  const { context, dockerfile = "Dockerfile", target = "" } = image.build
  const recipe = dag
    .directory()
    .withDirectory("context", contextDirectory(context, sources))
    .withNewFile("recipe", JSON.stringify({ dockerfile, target }))
  return `build-${digestPart(await recipe.digest())}`
}

function digestPart(reference: string): string {
  return reference.slice(reference.lastIndexOf(":") + 1).slice(0, 40)
}

/** Refuses what a target that demands pinned images must not run; also what is in its registry already. */
async function checkSource(name: string, image: Image, source: Container, deployment: Deployment): Promise<void> {
  if (!deployment.target.demandsPins) return
  const standIn = (await source.label(standInLabel)) || undefined
  if ("copy" in image) {
    const problem = refusal(name, image.copy, { reference: await source.imageRef(), standIn }, deployment.sources.pins)
    if (problem) throw new Error(problem)
  } else if (standIn) {
    throw new Error(`${image.repository} is built on an image that only stands in for ${standIn}: build it elsewhere`)
  }
}
