// The consumer of the topic: one message after the other, and an offset is committed when its message is done.
import { setTimeout as sleep } from "node:timers/promises"
import { Admin, Consumer, MessagesStreamFallbackModes, MessagesStreamModes } from "@platformatic/kafka"
import type { KafkaConfig } from "./config.ts"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"

/** A pod that vanishes holds its partitions so long. */
const SESSION_MS = 30_000
const LAG_INTERVAL_MS = 10_000
const LONGEST_DELAY_MS = 10_000

export type Handle = (message: Uint8Array, signal: AbortSignal) => Promise<void>

export class TopicConsumer {
  readonly #config: KafkaConfig
  readonly #metrics: Metrics
  readonly #log: Log
  #consumer: Consumer | undefined
  #joinedAt = 0

  constructor(config: KafkaConfig, metrics: Metrics, log: Log) {
    this.#config = config
    this.#metrics = metrics
    this.#log = log
  }

  /** Whether this pod is in the group, and the broker has said so lately. */
  get joined(): boolean {
    const consumer = this.#consumer
    const heard = Math.max(this.#joinedAt, consumer?.lastHeartbeat?.getTime() ?? 0)
    return consumer?.isActive() === true && Date.now() - heard < SESSION_MS
  }

  /** Consumes until the signal aborts; whatever breaks, it connects again. */
  async run(handle: Handle, signal: AbortSignal): Promise<void> {
    for (let delay = 500; !signal.aborted; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      try {
        await this.#prepareTopic()
        await this.#consume(handle, signal, () => {
          delay = 500
        })
      } catch (error) {
        if (signal.aborted) return
        this.#log("warn", "consumer not ready", { reason: reason(error), retryInMs: delay })
        await sleep(delay, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Creates the topic if it is not there: with one partition, since registrations of a dApp must stay in order. */
  async #prepareTopic(): Promise<void> {
    const { topic } = this.#config
    const admin = new Admin({ ...this.#connection(), retries: 0 })
    try {
      if ((await admin.listTopics()).includes(topic)) return
      await admin.createTopics({ topics: [topic], partitions: 1 }).catch((error) => {
        throw new Error(`there is no topic ${topic}: create it, or permit it here, where it failed: ${reason(error)}`)
      })
      this.#log("info", "topic created", { topic })
    } finally {
      await admin.close()
    }
  }

  async #consume(handle: Handle, signal: AbortSignal, onMessage: () => void): Promise<void> {
    const { topic, group } = this.#config
    const consumer = new Consumer({ ...this.#connection(), groupId: group, sessionTimeout: SESSION_MS })
    this.#consumer = consumer
    const forget = this.#observe(consumer)
    try {
      const stream = await consumer.consume({
        topics: [topic],
        mode: MessagesStreamModes.COMMITTED,
        fallbackMode: MessagesStreamFallbackModes.EARLIEST,
        autocommit: false,
        // Bounds what waits in memory while the database is away.
        maxBytes: 4 * 1024 * 1024,
        highWaterMark: 16,
      })
      const stop = () => stream.destroy()
      // Without a listener, an error outside of a request would end the process.
      consumer.on("error", (error: Error) => stream.destroy(error))
      signal.addEventListener("abort", stop)
      if (signal.aborted) stop()
      try {
        for await (const message of stream) {
          await handle(message.value ?? new Uint8Array(), signal)
          await message.commit()
          onMessage()
        }
      } finally {
        signal.removeEventListener("abort", stop)
      }
    } finally {
      forget()
      await this.#leave(consumer)
    }
  }

  #observe(consumer: Consumer): () => void {
    const { topic, group } = this.#config
    const { lag, joined } = this.#metrics
    consumer.on("error", () => {})
    consumer.on("consumer:group:join", () => {
      this.#joinedAt = Date.now()
      joined.set(1)
      this.#log("info", "joined the group", { group, partitions: consumer.assignments?.flatMap((a) => a.partitions) })
    })
    consumer.on("consumer:lag", (lags) => {
      lag.reset()
      // Below zero are the partitions of other pods.
      for (const [partition, behind] of (lags.get(topic) ?? []).entries())
        if (behind >= 0n) lag.set({ partition }, Number(behind))
    })
    consumer.startLagMonitoring({ topics: [topic] }, LAG_INTERVAL_MS)
    return () => {
      consumer.stopLagMonitoring()
      joined.set(0)
      lag.reset()
    }
  }

  async #leave(consumer: Consumer): Promise<void> {
    this.#consumer = undefined
    try {
      await consumer.close(true)
    } catch (error) {
      // The broker notices by itself when the session has ended.
      this.#log("warn", "the group was not left in order", { reason: reason(error) })
    }
  }

  #connection() {
    const { brokers, tls } = this.#config
    return {
      clientId: "dapp-store-validation",
      bootstrapBrokers: brokers,
      ...(tls && { tls: {}, tlsServerName: true }),
    }
  }
}
