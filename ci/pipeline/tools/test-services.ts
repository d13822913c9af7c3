// A real Postgres and a real Kafka for tests of a service: parts of the sandbox, without the cloud around them.
import type { Container, Directory, Service } from "@dagger.io/dagger"
import { kafkaJars, sandboxBase } from "./sandbox-programs.js"

/** What a service under test is bound to, and the variables that tell it so. */
export interface TestService {
  readonly host: string
  readonly service: Service
  readonly variables: Readonly<Record<string, string>>
}

/** A container with services beside it, and their variables in it. */
export function bound(container: Container, services: TestService[]): Container {
  return services.reduce(
    (box, { host, service, variables }) => withVariables(box.withServiceBinding(host, service), variables),
    container,
  )
}

/** A container with further environment variables. */
export function withVariables(container: Container, variables: Readonly<Record<string, string>>): Container {
  return Object.entries(variables).reduce((box, [key, value]) => box.withEnvVariable(key, value), container)
}

/**
 * A Postgres with an empty database; as on RDS, connections are encrypted and need a password.
 *
 * @param home the directory `sandbox`
 */
export function postgres(home: Directory): TestService {
  const [host, user, password, database] = ["postgres", "service", "only-for-this-test", "service"]
  const container = sandboxBase().withNewFile("/run/password", password)
  return {
    host,
    service: alone(container, home, 5432, ["database", host, user, "/run/password", database]),
    variables: { PGHOST: host, PGUSER: user, PGPASSWORD: password, PGDATABASE: database, PGSSLMODE: "require" },
  }
}

/**
 * A Kafka broker without topics; as on MSK inside the network, port 9092 takes plain text. Services that share it share
 * a topic, which one of them makes.
 *
 * @param home the directory `sandbox`
 */
export function kafka(home: Directory): TestService {
  const host = "kafka"
  const container = sandboxBase().withDirectory("/opt/kafka", kafkaJars(home))
  return {
    host,
    service: alone(container, home, 9092, ["broker", host]),
    variables: { KAFKA_BROKERS: `${host}:9092`, KAFKA_TOPIC: "test" },
  }
}

function alone(container: Container, home: Directory, port: number, args: string[]): Service {
  return container
    .withDirectory("/opt/sandbox", home)
    .withMountedTemp("/data")
    .withExposedPort(port)
    .withDefaultArgs(["/opt/sandbox/alone", ...args])
    .asService()
}
