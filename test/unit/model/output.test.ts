// What is shown and recorded: YAML of an environment, tables, canonical JSON, locks.
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import {
  canonicalJson,
  digest,
  environmentYaml,
  formatLock,
  formatPlan,
  formatResults,
  formatTable,
  type Lock,
  loadEnvironment,
  lockDigest,
  parseLock,
} from "../../../ci/src/model/index.js"
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
      environment: "one",
      target: "sandbox",
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
  const lock: Lock = {
    format: 1,
    environment: "one",
    target: "sandbox",
    account: "123456789012",
    region: "us-east-1",
    cluster: "main",
    commit: null,
    versions: { helm: "4.2.4" },
    images: { shop: { repository: "world/shop", digest: sha, source: null } },
    charts: { shop: { repository: "world/charts/shop", version: "0.1.0", digest: sha } },
    infrastructure: {
      "infra:environment": { rds: { inputs: sha, module: sha, state: "etag", outputs: { port: 5432 } } },
    },
    releases: { shop: { namespace: "shop-one", chart: sha, revision: 1, values: sha, manifests: sha } },
    recorded: { at: "2026-01-02T03:04:05Z", by: "someone", seconds: 12.5 },
  }

  it("survives being written and read", () => {
    expect(parseLock(formatLock(lock))).toEqual(lock)
    expect(formatLock(parseLock(formatLock(lock)))).toBe(formatLock(lock))
  })

  it("has a digest of what was deployed, not of when", () => {
    expect(lockDigest({ ...lock, recorded: { at: "2027-01-02T03:04:05Z", by: "other", seconds: 1 } })).toBe(
      lockDigest(lock),
    )
    expect(lockDigest({ ...lock, cluster: "other" })).not.toBe(lockDigest(lock))
  })

  it("says what is wrong with a lock that cannot be read", () => {
    const broken = { ...lock, images: { shop: { ...lock.images.shop, digest: "latest" } } }
    expect(() => parseLock(JSON.stringify(broken))).toThrow(
      /the deployment lock cannot be read:\n {2}images\.shop\.digest: must be a digest/,
    )
    expect(() => parseLock("{")).toThrow(/the deployment lock is not JSON/)
  })
})
