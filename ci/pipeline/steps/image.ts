// An image: copied from elsewhere or built from source, pushed to the target's registry, used by its digest.
import { type Container, dag, type Platform } from "@dagger.io/dagger"
import type { Image } from "../model/index.js"
import { pushImage } from "../tools/crane.js"
import { digestOf } from "../tools/ecr.js"
import { buildContext } from "./context.js"
import type { Deployment, Sources } from "./deployment.js"
import { pushOnce } from "./push.js"
import { copyUpstream, findUpstream, standInLabel } from "./upstream.js"
import type { Work } from "./work.js"

interface Found {
  tag: string
  digest?: string
  /** The registry's host. */
  host: string
  /** Reference with digest of what is copied. */
  copied?: string
}

type Built = Extract<Image, { build: object }>

/**
 * What publishes one image.
 *
 * @param id the step's name in the graph
 * @param name the image's name
 * @param image what `environments/images.yaml` says of it
 * @param deployment the deployment that it belongs to
 */
export function imageWork(id: string, name: string, image: Image, deployment: Deployment): Work<Found> {
  const { place, sources, stage } = deployment

  return {
    id,
    async inspect() {
      const { host } = await deployment.registry()
      if ("copy" in image) {
        const { reference, ...found } = await findUpstream(name, image, deployment)
        return { ...found, host, copied: reference }
      }
      const tag = await buildTag(image, sources, stage.platform)
      return { tag, host, digest: await digestOf(place, image.repository, tag) }
    },
    plan: ({ tag, digest }) =>
      digest ? { action: "unchanged", why: `${tag} is in the registry` } : { action: "create", why: `push ${tag}` },
    async apply(found) {
      const { tag, copied: reference = "" } = found
      const push = () =>
        "copy" in image ? copyUpstream(image, { reference, tag }, deployment) : pushBuilt(image, tag, deployment)
      return { ...found, digest: await pushOnce(push, () => digestOf(place, image.repository, tag)) }
    },
    keep({ host, copied, digest = "" }) {
      const reference = `${host}/${image.repository}@${digest}`
      deployment.yields.images[name] = { digest, reference, ...(copied && { source: copied }) }
      return { version: digest }
    },
    // Images are shared by environments; the repository's lifecycle rules remove what nobody uses.
    destroy: async () => [],
  }
}

/**
 * The container of an image, as it is pushed; of one that is copied, that of one platform.
 *
 * @param image what `environments/images.yaml` says of it
 * @param sources where build contexts are found
 * @param platform such as linux/amd64
 */
export async function imageContainer(image: Image, sources: Sources, platform: string): Promise<Container> {
  if ("copy" in image) return dag.container({ platform: platform as Platform }).from(image.copy)
  const { context, dockerfile = "Dockerfile", target } = image.build
  const directory = await buildContext(context, dockerfile, sources.repository)
  return directory.dockerBuild({ dockerfile, target, platform: platform as Platform })
}

/** The tag of an image that is built: it names what the build sees, how it is built, and for which platform. */
export async function buildTag(image: Built, sources: Sources, platform: string): Promise<string> {
  const { context, dockerfile = "Dockerfile", target = "" } = image.build
  const recipe = dag
    .directory()
    .withDirectory("context", await buildContext(context, dockerfile, sources.repository))
    .withNewFile("recipe", JSON.stringify({ dockerfile, target, platform }))
  const digest = await recipe.digest()
  return `build-${digest.slice(digest.lastIndexOf(":") + 1).slice(0, 40)}`
}

async function pushBuilt(image: Built, tag: string, deployment: Deployment): Promise<string> {
  const container = await imageContainer(image, deployment.sources, deployment.stage.platform)
  const standIn = deployment.target.demandsPins && (await container.label(standInLabel))
  if (standIn)
    throw new Error(`${image.repository} is built on a stand-in for ${standIn}: build it where that can be pulled`)
  return pushImage(deployment.target, await deployment.registry(), container.asTarball(), image.repository, tag)
}
