// What is shown and recorded: YAML of an environment, tables, canonical JSON, locks.
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import {
  atDigest,
  canonicalJson,
  digest,
  environmentYaml,
  formatLock,
  formatPlan,
  formatReport,
  formatResults,
  formatTable,
  loadEnvironment,
  lockDigest,
  makeLock,
  pinnedDigest,
  type Report,
  readPins,
  unpinned,
} from "../../../ci/pipeline/model/index.js"
import { files, repositoryFiles } from "./fixture.js"

describe("environmentYaml", () => {
  it("is the merged environment, with references that only a deployment can fill in", () => {
    const yaml = environmentYaml(loadEnvironment(files(), "one"))
    expect(parse(yaml)).toMatchObject({
      name: "one",
      host: "one.example.org",
      infrastructure: { account: { ecr: { repositories: ["world/charts/shop", "world/shop"] } } },
      releases: { shop: { namespace: "shop-one", values: { image: "${images.shop}", replicas: 1 } } },
      images: { shop: { repository: "world/shop" } },
    })
    expect(yaml).not.toContain("#")
  })

  it("says where values come from, if asked", () => {
    const yaml = environmentYaml(loadEnvironment(files(), "one"), { origins: true })
    expect(yaml).toContain('account: "123456789012" # environments/_defaults.yaml:1:10\n')
    expect(yaml).toContain("replicas: 1 # environments/_tiers/dev.yaml:4:17\n")
    expect(yaml).toContain("timeout: 300\n")
    expect(yaml).toContain("host: one.example.org\n")
  })

  it("is the same bytes each time, however the files are ordered", () => {
    const repository = repositoryFiles()
    const render = (from: typeof repository) =>
      environmentYaml(loadEnvironment(from, "preview-nightly"), { origins: true })
    expect(render(new Map([...repository].reverse()))).toBe(render(repository))
  })
})

describe("tables", () => {
  it("align text left and numbers right", () => {
    expect(
      formatTable(
        ["step", "s"],
        [
          ["infra:account", 3.24],
          ["x", undefined],
          ["y", 120],
        ],
      ),
    ).toBe(["step               s", "infra:account    3.2", "x", "y              120.0"].join("\n"))
    expect(formatTable(["a", "b"], [])).toBe("a  b")
  })

  it("show results with short digests, and notes below", () => {
    const text = formatResults([
      { step: "image:api", outcome: "created", identity: `sha256:${"ab".repeat(32)}`, seconds: 1.25 },
      { step: "release:api", outcome: "failed", seconds: 60, note: "pods crash\n" },
      { step: "release:web", outcome: "skipped" },
    ])
    expect(text).toBe(
      [
        "step         result   digest or version    seconds",
        "image:api    created  sha256:abababababab      1.3",
        "release:api  failed                           60.0",
        "release:web  skipped",
        "",
        "release:api: pods crash",
      ].join("\n"),
    )
  })

  it("show a plan with details", () => {
    const text = formatPlan({
      title: "one on sandbox",
      steps: [
        { step: "image:api", action: "unchanged", summary: "sha256:abc" },
        { step: "infra:account", action: "create", summary: "2 to add", details: ["+ a", "+ b"] },
      ],
    })
    expect(text).toContain("Plan for one on sandbox: 1 of 2 steps would change something")
    expect(text).toContain("infra:account  create     2 to add")
    expect(text).toContain("infra:account:\n  + a\n  + b")
  })
})

describe("canonical JSON", () => {
  it("does not depend on the order of keys", () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[{"d":1}]}')
    expect(digest({ a: 1, b: 2 })).toBe(digest({ b: 2, a: 1 }))
    expect(digest([1, 2])).not.toBe(digest([2, 1]))
    expect(digest({})).toBe("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
  })
})

describe("lock", () => {
  const sha = digest("x")
  const environment = loadEnvironment(files(), "one")
  const lock = makeLock(environment, null, {
    infrastructure: { environment: { made: "abc", outputs: { rds: { port: 5432 } } } },
    images: { shop: { digest: sha, reference: "unused" } },
    charts: { shop: { version: "0.1.0+a", digest: sha } },
    releases: { shop: { revision: "revision 1", made: "abc" } },
  })

  it("holds digests of images, charts and releases, and outputs", () => {
    expect(lock).toMatchObject({
      environment: "one",
      commit: null,
      images: { shop: { repository: "world/shop", digest: sha, source: null } },
      charts: { shop: { repository: "world/charts/shop", version: "0.1.0+a", digest: sha } },
      infrastructure: { environment: { made: "abc", outputs: { rds: { port: 5432 } } } },
      releases: { shop: { namespace: "shop-one", chart: "shop", revision: "revision 1", made: "abc" } },
    })
    expect(JSON.parse(formatLock(lock))).toEqual(lock)
  })

  it("has a digest of what was deployed, not of how often", () => {
    const shop = lock.releases.shop
    expect(lockDigest({ ...lock, releases: { shop: { ...shop, revision: "revision 2" } } })).toBe(lockDigest(lock))
    expect(lockDigest({ ...lock, releases: { shop: { ...shop, made: "def" } } })).not.toBe(lockDigest(lock))
    expect(lockDigest({ ...lock, cluster: "other" })).not.toBe(lockDigest(lock))
  })
})

describe("report", () => {
  const report: Report = {
    format: 1,
    environment: "one",
    target: "AWS",
    by: "arn:aws:iam::123456789012:user/somebody",
    at: "2026-01-02T03:04:05.000Z",
    seconds: 12.34,
    lock: null,
    results: [{ step: "release:shop", outcome: "failed", seconds: 1, note: "pods crash" }],
  }

  it("says who, when, how it ended, and what happened to each step", () => {
    const text = formatReport(report)
    expect(text).toContain("one on AWS")
    expect(text).toContain(
      "begun 2026-01-02T03:04:05.000Z by arn:aws:iam::123456789012:user/somebody, 12.3 s; a step failed",
    )
    expect(text).toContain("release:shop: pods crash")
    expect(formatReport({ ...report, lock: digest("x") })).toContain(`finished; lock ${digest("x")}`)
  })
})

describe("pins", () => {
  const sha = digest("known")
  const copy = "docker.io/library/node:22"

  it.each([
    ["the tag and its digest", copy, `node: ${copy}@${sha}\n`],
    ["the digest alone", copy, `node: docker.io/library/node@${sha}\n`],
    ["Docker Hub's short name", "docker.io/node:22", `node: ${copy}@${sha}\n`],
    ["a registry with a port", "localhost:5000/node:22", `node: localhost:5000/node:22@${sha}\n`],
    ["a digest in images.yaml", `${copy}@${sha}`, undefined],
  ])("say by which digest an image is taken: %s", (_what, reference, lock) => {
    const pinned = pinnedDigest("node", reference, readPins(lock))
    expect(pinned).toBe(sha)
    expect(atDigest(reference, sha)).toMatch(/^[^@]+\/node@sha256:\w+$/)
  })

  it.each([
    ["none", undefined, "does not have it"],
    ["that of another image", `db: ${copy}@${sha}\n`, "does not have it"],
    ["that of another tag", `node: docker.io/library/node:20@${sha}\n`, "has docker.io/library/node:20@sha256:"],
    ["that of another repository", `node: docker.io/library/deno@${sha}\n`, "has docker.io/library/deno@sha256:"],
  ])("do not hold for what they do not name: %s", (_what, lock, why) => {
    const pins = readPins(lock)
    expect(pinnedDigest("node", copy, pins)).toBeUndefined()
    expect(unpinned("node", copy, pins)).toContain(`environments/images.lock.yaml ${why}`)
  })

  it("are refused when they are not digests", () => {
    expect(() => readPins("node: docker.io/library/node:22\n")).toThrow(/it does not for node/)
    expect(() => readPins("- node\n")).toThrow(/must map names/)
  })
})
