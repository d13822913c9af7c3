// test: a service as it would be pushed, tried against a real Postgres and a real Kafka.
import { type Container, type Directory, ReturnType } from "@dagger.io/dagger"
import { imageContainer } from "../steps/image.js"
import { fresh } from "../tools/nonce.js"
import { kafka, postgres } from "../tools/test-services.js"
import { imageNamed } from "./publish.js"
import type { Session } from "./session.js"

/** Seconds that a service's own tests may take. */
const limit = 900

/** Seconds until the image must say that it is healthy. */
const patience = 90

/**
 * Tests a service: its own tests, in the stage `test` of its Dockerfile, then the image itself, started beside the same
 * Postgres and Kafka.
 *
 * @param session the call
 * @param name the image's name in `environments/images.yaml`
 * @param home the directory `sandbox`
 * @returns what the tests printed, and what the image answered
 * @throws with what was printed, when a test fails, or the image does not answer 200 in time
 */
export async function testService(session: Session, name: string, home: Directory): Promise<string> {
  const { image, platform } = await imageNamed(session, name)
  if (!("build" in image)) throw new Error(`${name} is copied from ${image.copy}: only what is built here has tests`)
  const sources = await session.sources()
  const services = [postgres(home), kafka(home)]
  const bound = (box: Container) =>
    services.reduce((to, { host, service, variables }) => {
      const beside = to.withServiceBinding(host, service)
      return Object.entries(variables).reduce((box, [key, value]) => box.withEnvVariable(key, value), beside)
    }, fresh(box))

  const own = await imageContainer({ ...image, build: { ...image.build, target: "test" } }, sources, platform)
  const tests = await run(bound(own), ["timeout", String(limit), "npm", "test"], `the tests of ${name}`)

  const { path = "/health", variables = {} } = image.build.test ?? {}
  const container = Object.entries(variables).reduce(
    (box, [key, value]) => box.withEnvVariable(key, value),
    bound(await imageContainer(image, sources, platform)),
  )
  const started = container
    .withEnvVariable("PORT", "8080")
    .withEnvVariable("KAFKA_TOPIC", "test")
    .withExposedPort(8080, { experimentalSkipHealthcheck: true })
    .asService()
  // From a container of its own: the image need not have any client.
  const answer = await run(
    fresh(own).withServiceBinding("service", started),
    ["node", "--input-type=module", "--eval", healthy(path, patience)],
    `${name} as an image`,
  )
  return `${tests}\nThe image of ${name}, beside the same Postgres and Kafka, answers ${path} with ${answer}`
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
      const answer = await fetch("http://service:8080${path}", { signal: AbortSignal.timeout(5000) })
      last = answer.status + " " + (await answer.text())
      if (answer.ok) { console.log(last); process.exit(0) }
    } catch (error) { last = String(error.cause ?? error) }
    await new Promise((done) => setTimeout(done, 500))
  }
  console.error("${path} after ${seconds} s: " + last)
  process.exit(1)`
