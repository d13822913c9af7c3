// How far the programs of the sandbox are made: what, how many, and a guess of how long still.
import { expect, test } from "vitest"
import { type Part, progress } from "../../ci/pipeline/tools/progress.js"

const part = (name: string, seconds: number): Part => ({ name, seconds, make: async () => {} })
const parts = [part("kubernetes", 300), part("etcd", 60), part("Kafka", 40)]
const waiting = (...names: string[]) => new Set(parts.filter(({ name }) => names.includes(name)))

test("before anything is made, the usual time is what is left", () => {
  expect(progress("the sandbox", parts, waiting("kubernetes", "etcd", "Kafka"), 3)).toBe(
    "the sandbox: 0 of 3 programs made, kubernetes, etcd, Kafka under way, about 6:40 left",
  )
})

test("a machine that is slower so far is expected to stay so", () => {
  expect(progress("the sandbox", parts, waiting("kubernetes"), 200)).toBe(
    "the sandbox: 2 of 3 programs made, kubernetes under way, about 10:00 left",
  )
})

test("what is cached does not make the rest look quick", () => {
  expect(progress("the sandbox", parts, waiting("Kafka"), 4)).toBe(
    "the sandbox: 2 of 3 programs made, Kafka under way, about 0:40 left",
  )
})

test("when all is made, nothing is left", () => {
  expect(progress("the sandbox", parts, waiting(), 500)).toBe("the sandbox: all 3 programs made, starting them")
})
