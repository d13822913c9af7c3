// publish and build: images and charts, without a deployment.
import type { Container } from "@dagger.io/dagger"
import { buildGraph, type Image, select } from "../model/index.js"
import { execute } from "../steps/execute.js"
import { imageContainer } from "../steps/image.js"
import { resultText } from "./result.js"
import type { Session } from "./session.js"

/**
 * Builds one image.
 *
 * @param session the call
 * @param name the image's name in `environments/images.yaml`
 * @returns its container, as it would be pushed; of one that is copied, for one platform
 * @throws when there is no such image; the message lists those that there are
 */
export async function buildService(session: Session, name: string): Promise<Container> {
  const [image, sources, platform] = [
    await imageNamed(session, name),
    await session.sources(),
    await session.platform(name),
  ]
  return imageContainer(image, sources, platform)
}

/** An image by its name in `environments/images.yaml`; see {@link buildService} for what it throws. */
export async function imageNamed(session: Session, name: string): Promise<Image> {
  const images = await session.images()
  const image = images[name]
  if (!image)
    throw new Error(`there is no image ${name} in environments/images.yaml: it has ${Object.keys(images).join(", ")}`)
  return image
}

/**
 * Publishes an environment's images and charts.
 *
 * @param session the call
 * @param name the environment's name
 * @returns name, version and digest of each
 * @throws with the table, when one failed
 */
export async function publish(session: Session, name: string): Promise<string> {
  const deployment = await session.deployment(name)
  const graph = select(buildGraph(deployment.stage), ({ kind }) => kind === "image" || kind === "chart")
  const results = await execute(graph, deployment)
  const { images, charts } = deployment.yields
  const lines = Object.entries({ ...images, ...charts }).map(([what, { digest }]) => `${what} ${digest}`)
  return resultText(deployment, results, lines.join("\n"))
}
