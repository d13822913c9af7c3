// Leases: one holder at a time, a killed holder's lease ends, work that fails gives its lease back, who lost it stops.
import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { type Held, takeLease } from "../../ci/pipeline/steps/lease.js"
import { Memory } from "./memory.js"

let memory: Memory
/** A run that works while it holds the lease. */
async function hold<T>(work: (run: Pick<Held, "check"> & { id: string }) => Promise<T>): Promise<T> {
  const id = crypto.randomUUID()
  const caller = "arn:aws:sts::1:assumed-role/deploy/me"
  const held = await takeLease(memory.documents, { name: "test", run: id, caller, whole: true, patience: 1800 })
  try {
    return await work({ id, check: () => held.check() })
  } finally {
    await held.giveBack()
  }
}

beforeEach(() => {
  memory = new Memory()
})

/** A run that wants the lease meanwhile, which is refused when the first one has renewed it. */
async function refused(): Promise<void> {
  const second = expect(hold(async () => "second")).rejects.toThrow(
    /held by arn:aws:sts::1:assumed-role\/deploy\/me \(run [0-9a-f]{8}, last seen .*nothing was done/,
  )
  await vi.advanceTimersByTimeAsync(40_000)
  await second
}

test("a lease that nobody renewed is free", async () => {
  const past = new Date(Date.now() - 1000).toISOString()
  await memory.write("leases/test.json", JSON.stringify({ holder: "killed", seen: past, until: past }))
  expect(await hold(async () => "work")).toBe("work")
})

test("a run whose lease has ended and gone to another one leaves it to that", async () => {
  const theirs = JSON.stringify({ holder: "other", seen: "now", until: "later" })
  await hold(() => memory.write("leases/test.json", theirs))
  expect(memory.objects.get("leases/test.json")?.text).toBe(theirs)
})

test("work that is done is done, even where its lease cannot be given back", async () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => {})
  const result = await hold(async () => {
    vi.spyOn(memory, "removeIf").mockRejectedValue(new Error("no route to S3"))
    return "done"
  })
  expect(result).toBe("done")
  expect(said.mock.calls.join()).toMatch(/leases\/test\.json could not be given back, so others wait until .*no route/)
  said.mockRestore()
})

test("work that fails gives the lease back", async () => {
  await expect(hold(async () => Promise.reject(new Error("failed")))).rejects.toThrow("failed")
  expect(memory.objects.size).toBe(0)
})

describe("while time passes", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
    vi.spyOn(console, "log").mockImplementation(() => {})
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  /** What a laptop does that sleeps: time has passed, and none of its timers has run. */
  const sleep = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

  test("the second run is refused as soon as the first one has renewed its lease, which is not disturbed", async () => {
    const result = await hold(async () => {
      await refused()
      return "first"
    })
    expect(result).toBe("first")
    expect(memory.objects.size).toBe(0)
  })

  test("of two runs at the same moment one works first; the other follows where that is soon, and is refused otherwise", async () => {
    for (const [seconds, second] of [
      [5, "fulfilled"],
      [90, "rejected"],
    ] as const) {
      let working = 0
      const work = async () => {
        expect(++working).toBe(1)
        await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
        working--
      }
      const runs = Promise.allSettled([hold(work), hold(work)])
      await vi.advanceTimersByTimeAsync(300_000)
      expect((await runs).map(({ status }) => status).sort()).toEqual(["fulfilled", second])
    }
  })

  test("the lease of a run that was killed is waited for, and what is waited for is said", async () => {
    const said = vi.spyOn(console, "log").mockImplementation(() => {})
    const until = new Date(Date.now() + 100_000).toISOString()
    const killed = { holder: "0123456789", caller: "arn:me", seen: new Date(Date.now() - 20_000).toISOString(), until }
    await memory.write("leases/test.json", JSON.stringify(killed))
    const work = hold(async () => Date.now())
    await vi.advanceTimersByTimeAsync(130_000)
    expect(await work).toBeGreaterThan(new Date(until).getTime())
    expect(said.mock.calls.flat().join("\n")).toMatch(
      `leases/test.json: it is held by arn:me (run 01234567, last seen ${killed.seen}); should that run be dead, its lease ends at ${until}`,
    )
    expect(said).toHaveBeenCalledTimes(1)
    said.mockRestore()
  })

  test("where S3 is away while a lease is waited for, nothing is written that it has not shown", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {})
    const until = new Date(Date.now() + 10_000).toISOString()
    await memory.write("leases/test.json", JSON.stringify({ holder: "killed", seen: until, until }))
    const write = vi.spyOn(memory, "writeIf")
    const work = hold(async () => "work")
    await vi.advanceTimersByTimeAsync(1_000)
    const read = vi.spyOn(memory, "read").mockRejectedValue(new Error("no route to S3"))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(write).not.toHaveBeenCalled()
    read.mockRestore()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await work).toBe("work")
    expect(write).toHaveBeenCalledTimes(1)
  })

  test("it is renewed as long as the work takes", async () => {
    await hold(async (run) => {
      await vi.advanceTimersByTimeAsync(600_000)
      await run.check()
      await refused()
    })
  })

  test("a run that slept goes on where nobody has taken its lease meanwhile", async () => {
    await hold(async (run) => {
      sleep(600)
      await run.check()
      await refused()
    })
  })

  test("a run that slept while another one took its lease changes nothing more, and leaves it to that", async () => {
    await hold(async (run) => {
      sleep(600)
      await hold(async (second) => {
        await expect(run.check()).rejects.toThrow(
          /another run has taken leases\/test\.json, by arn:\S+ \(run .*changes nothing more/,
        )
        await second.check()
      })
      await expect(run.check()).rejects.toThrow("changes nothing more")
    })
    expect(memory.objects.size).toBe(0)
  })

  test("a run that cannot renew its lease works until it ends, and no longer", async () => {
    await hold(async (run) => {
      const read = vi.spyOn(memory, "read").mockRejectedValue(new Error("no route to S3"))
      await vi.advanceTimersByTimeAsync(110_000)
      await run.check()
      await vi.advanceTimersByTimeAsync(20_000)
      await expect(run.check()).rejects.toThrow(/leases\/test\.json ended at .* could not be renewed/)
      read.mockRestore()
    })
  })

  /** What may happen to a request: it is lost, its answer is lost and it is repeated or not, or it arrives late. */
  const faults = ["", "lost", "answer lost", "repeated", "late"] as const

  /** S3 with requests to which something happens. */
  class Faulty extends Memory {
    next: (typeof faults)[number][] = []
    private async via<T>(work: () => Promise<T>): Promise<T> {
      const fault = this.next.shift() ?? ""
      if (fault === "lost") throw new Error("the request was lost")
      if (fault === "late") await new Promise((resolve) => setTimeout(resolve, 150_000))
      const answer = await work()
      if (fault === "answer lost") throw new Error("the answer was lost")
      return fault === "repeated" ? work() : answer
    }
    override read(key: string) {
      return this.via(() => super.read(key))
    }
    override writeIf(key: string, text: string, seen: string | undefined) {
      return this.via(() => super.writeIf(key, text, seen))
    }
    override remove(key: string) {
      return this.via(() => super.remove(key))
    }
    override removeIf(key: string, seen: string) {
      return this.via(() => super.removeIf(key, seen))
    }
  }

  test("a write whose answer was lost, and that is refused when it is repeated, is this run's own", async () => {
    const s3 = new Faulty()
    memory = s3
    s3.next.push("", "repeated")
    await hold(async (run) => {
      s3.next.push("", "repeated")
      await vi.advanceTimersByTimeAsync(100_000)
      await run.check()
    })
    expect(s3.objects.size).toBe(0)
  })

  test.each([
    ["renewal", 40, ["", "late"]],
    ["return", 1, ["", "late"]],
  ] as const)("a %s that arrives late leaves the lease to the run that has taken it", async (_, seconds, happens) => {
    const s3 = new Faulty()
    memory = s3
    const first = hold(async () => {
      s3.next.push(...happens)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    })
    await vi.advanceTimersByTimeAsync(125_000)
    await hold(async (second) => {
      await vi.advanceTimersByTimeAsync(100_000)
      expect(JSON.parse(s3.objects.get("leases/test.json")?.text ?? "{}")).toMatchObject({ holder: second.id })
      await second.check()
    })
    await first
    expect(s3.objects.size).toBe(0)
  })

  test("of two runs, whatever happens to their requests and clocks, only who holds the lease changes anything", async () => {
    const event = fc.oneof(
      fc.record({ run: fc.constantFrom(0, 1), does: fc.constantFrom(...Array(6).fill("change"), "end") }),
      fc.record({ passes: fc.constantFrom(1, 25, 40, 95, 130) }),
      fc.record({ sleeps: fc.constantFrom(20, 100, 200) }),
      fc.record({ happens: fc.constantFrom(...faults) }),
    )
    let changes = 0
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60, size: "max" }), async (events) => {
        const s3 = new Faulty()
        memory = s3
        const wrong: string[] = []
        const runs: { work?: Promise<void>; next?: (does: string) => void }[] = [{}, {}]
        const start = (own: (typeof runs)[number]) =>
          hold(async (run) => {
            for (;;) {
              const does = await new Promise<string>((resolve) => (own.next = resolve))
              if (does === "end") return
              await run.check()
              changes++
              const { holder } = JSON.parse(s3.objects.get("leases/test.json")?.text ?? "{}")
              if (holder !== run.id) wrong.push(`${run.id} changes something, and ${holder} holds the lease`)
            }
          })
            .catch(() => {})
            .finally(() => Object.assign(own, { work: undefined, next: undefined }))
        for (const event of events) {
          if ("run" in event) {
            const own = runs[event.run]
            if (own.next) own.next(event.does)
            else own.work ??= start(own)
          } else if ("happens" in event) s3.next.push(event.happens)
          else if ("sleeps" in event) sleep(event.sleeps)
          else await vi.advanceTimersByTimeAsync(event.passes * 1000)
          await vi.advanceTimersByTimeAsync(1)
        }
        for (const own of runs) own.next?.("end")
        await vi.advanceTimersByTimeAsync(1_000_000)
        for (const own of runs) own.next?.("end")
        await vi.advanceTimersByTimeAsync(1_000_000)
        expect(wrong).toEqual([])
      }),
      { numRuns: 300 },
    )
    expect(changes).toBeGreaterThan(300)
  })
})
