// An image: copied from elsewhere or built from source, pushed to the target's registry, used by its digest.
import { type Container, dag } from "@dagger.io/dagger"
import type { Image } from "../model/index.js"
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
}

/**
 * The step that publishes one image.
 *
 * @param id the step's name in the graph
 * @param image what `environments/images.yaml` says of it
 * @param deployment the deployment that it belongs to
 */
export function imageStep(id: string, image: Image, deployment: Deployment): Step<Found> {
  const { place, target, sources } = deployment
  const source = imageContainer(image, sources)

  return {
    id,
    async inspect() {
      const [tag, { host }] = await Promise.all([contentTag(image, source, sources), deployment.registry()])
      return { tag, host, digest: await digestOf(place, image.repository, tag) }
    },
    plan: ({ tag, digest }) =>
      digest ? { action: "unchanged", why: `${tag} is in the registry` } : { action: "create", why: `push ${tag}` },
    async apply({ tag, host }) {
      await refuseStandIn(image, source, target.acceptsStandIns)
      const digest = await pushImage(target, await deployment.registry(), source.asTarball(), image.repository, tag)
      return { tag, host, digest }
    },
    outputs: ({ host, digest = "" }) => ({
      version: digest,
      values: { digest, reference: `${host}/${image.repository}@${digest}` },
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
  return sources.repository.directory(context).dockerBuild({ dockerfile, target })
}

/** A tag that names the content: what is copied by its digest, what is built by its context. */
async function contentTag(image: Image, source: Container, sources: Sources): Promise<string> {
  if ("copy" in image) return `copy-${digestPart(await source.imageRef())}`
  const { context, dockerfile = "Dockerfile", target = "" } = image.build
  const recipe = dag
    .directory()
    .withDirectory("context", sources.repository.directory(context))
    .withNewFile("recipe", JSON.stringify({ dockerfile, target }))
  return `build-${digestPart(await recipe.digest())}`
}

function digestPart(reference: string): string {
  return reference.slice(reference.lastIndexOf(":") + 1).slice(0, 40)
}

async function refuseStandIn(image: Image, source: Container, accepted: boolean): Promise<void> {
  if (accepted || !(await source.label(standInLabel))) return
  const what = "copy" in image ? image.copy : image.repository
  throw new Error(
    `${what} came from this machine's mirror and only stands in for the real image: ` +
      "deploy from a machine that reaches the image's own registry",
  )
}
