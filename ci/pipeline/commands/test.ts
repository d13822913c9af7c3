// test: a service as it would be pushed, tried beside a real Postgres, a real Kafka, and the images that it talks to.
import { type Container, type Directory, ReturnType, type Service } from "@dagger.io/dagger"
import type { BuiltImage, Image } from "../model/index.js"
import { imageContainer } from "../steps/image.js"
import { fresh } from "../tools/nonce.js"
import { bound, kafka, postgres, type TestService, withVariables } from "../tools/test-services.js"
import { imageNamed } from "./publish.js"
import type { Session } from "./session.js"

/** Seconds that a service's own tests may take. */
const limit = 900

/** Seconds until the image must say that it is healthy. */
const patience = 90

/** The port that every image is told to listen on. */
const port = 8080

/**
 * Tests a service: its own tests, in the stage `test` of its Dockerfile, then the image itself, both beside the same
 * Postgres, Kafka, and images that `environments/images.yaml` names under `test.beside`.
 *
 * @param session the call
 * @param name the image's name in `environments/images.yaml`
 * @param home the directory `sandbox`
 * @returns what the tests printed, and what the image answered
 * @throws with what was printed, when a test fails, or the image does not answer 200 in time
 */
export async function testService(session: Session, name: string, home: Directory): Promise<string> {
  const image = await imageNamed(session, name)
  if (!("build" in image)) throw new Error(`${name} is copied from ${image.copy}: only what is built here has tests`)
  const [images, sources] = [await session.images(), await session.sources()]
  const platform = await session.platform(name)
  const shared = [postgres(home), kafka(home)]
  const built = (other: BuiltImage) => imageContainer(other, sources, platform)
  const services = [...shared, ...(await neighbours(image, images, built, shared))]
  const { path = "/health", variables = {} } = image.build.test ?? {}

  const own = await built({ ...image, build: { ...image.build, target: "test" } })
  const tried = withVariables(bound(fresh(own), services), variables)
  const tests = await run(tried, ["timeout", String(limit), "npm", "test"], `the tests of ${name}`)

  const started = served(withVariables(bound(fresh(await built(image)), services), variables), false)
  // From a container of its own: the image need not have any client.
  const answer = await run(
    fresh(own).withServiceBinding("service", started),
    ["node", "--input-type=module", "--eval", healthy(path, patience)],
    `${name} as an image`,
  )
  const beside = ["Postgres", "Kafka", ...Object.keys(image.build.test?.beside ?? {})].join(", ")
  return `${tests}\nThe image of ${name}, beside the same ${beside}, answers ${path} with ${answer}`
}

/** The images that run beside one, each beside what it needs itself; reading the file has refused circles. */
async function neighbours(
  image: BuiltImage,
  images: Record<string, Image>,
  built: (image: BuiltImage) => Promise<Container>,
  shared: TestService[],
): Promise<TestService[]> {
  const beside = Object.entries(image.build.test?.beside ?? {})
  return Promise.all(
    beside.map(async ([host, { image: name, variables = {} }]) => {
      const other = images[name] as BuiltImage
      const box = bound(await built(other), [...shared, ...(await neighbours(other, images, built, shared))])
      const service = served(withVariables(box, { ...other.build.test?.variables, ...variables }), true)
      return { host, service, variables: {} }
    }),
  )
}

/** An image as a service; `waits`: whether what it is bound to starts only when it listens. */
function served(container: Container, waits: boolean): Service {
  return container
    .withEnvVariable("PORT", String(port))
    .withExposedPort(port, { experimentalSkipHealthcheck: !waits })
    .asService()
}

async function run(box: Container, command: string[], what: string): Promise<string> {
  const done = box.withExec(command, { expect: ReturnType.Any })
  const [code, stdout, stderr] = await Promise.all([done.exitCode(), done.stdout(), done.stderr()])
  if (code !== 0) throw new Error(`${what} failed:\n${stdout}\n${stderr}`)
  return stdout
}

/** A program that asks until the answer is 200. */
const healthy = (path: string, seconds: number) => `
  const deadline = Date.now() + ${seconds * 1000}
  let last = "no answer"
  while (Date.now() < deadline) {
    try {
      const answer = await fetch("http://service:${port}${path}", { signal: AbortSignal.timeout(5000) })
      last = answer.status + " " + (await answer.text())
      if (answer.ok) { console.log(last); process.exit(0) }
    } catch (error) { last = String(error.cause ?? error) }
    await new Promise((done) => setTimeout(done, 500))
  }
  console.error("${path} after ${seconds} s: " + last)
  process.exit(1)`
