// Names of environments, and namespaces: what cannot be one, what becomes too long, and what two environments would share.
import { describe, expect, it } from "vitest"
import { listEnvironments, loadEnvironment, loadEnvironments } from "../../../ci/pipeline/model/index.js"
import { files, problemsOf, world } from "./fixture.js"

const own = world["two.yaml"]

/** The problems of the world with one more environment. */
const named = (name: string, more: Record<string, string> = {}) =>
  problemsOf(() => loadEnvironments(files({ ...more, [`${name}.yaml`]: own })))

describe("the name of an environment", () => {
  it.each([
    "bug x",
    "Bug_A",
    "Bug",
    "bug_a",
    "bug.a",
    "bug-",
    "-bug",
    "bug--a",
    "1bug",
    "42",
    "0x10",
    "bür",
    "bug a.copy",
    "#bug",
  ])('"%s" is refused, in its file', (name) => {
    expect(named(name)).toEqual([
      expect.stringContaining(
        `${name}.yaml:1:1 "${name}" cannot name an environment: it must begin with a letter and consist of lower-case letters, digits and single inner dashes | namespaces, hosts and databases are named after it; `,
      ),
    ])
  })

  it.each(["no", "on", "y", "true", "null"])('"%s" is refused: charts would take it for something else', (name) => {
    expect(named(name)).toEqual([expect.stringMatching(`^${name}.yaml:1:1 "${name}" cannot name an environment: YAML`)])
  })

  it("is proposed as it could be, unless that is taken", () => {
    expect(named("Bug_A")[0]).toMatch(/; rename the file, such as bug-a\.yaml$/)
    expect(named("Two")[0]).toMatch(/; rename the file; two\.yaml is another environment$/)
    expect(named("42")[0]).toMatch(/; rename the file$/)
  })

  it("is refused whichever environment is asked about: what is shared names them all", () => {
    expect(problemsOf(() => loadEnvironment(files({ "Bug_A.yaml": own }), "one"))).toHaveLength(1)
  })

  it.each(["a", "preview-nightly", "a1-2-b"])('"%s" can be one', (name) => {
    expect(named(name)).toEqual([])
  })

  it("has up to 63 characters, where nothing is made of it that has less", () => {
    const bare = { "_defaults.yaml": world["_defaults.yaml"].replace(/ {2}environment:[\s\S]*/, "releases: {}\n") }
    const noReleases = { ...bare, "_tiers/dev.yaml": "{}\n", "_tiers/prod.yaml": "{}\n" }
    expect(named("a".repeat(63), noReleases)).toEqual([])
    expect(named("a".repeat(64), noReleases)).toEqual([
      expect.stringMatching(/cannot name an environment: it has 64 characters; the maximum is 63/),
    ])
    expect(named("a".repeat(90))).toEqual([expect.stringMatching(/it has 90 characters; the maximum is 63/)])
  })
})

describe("what is made of the name", () => {
  const name = "a".repeat(59)

  it("is measured by its own limit, each with what fits", () => {
    expect(named(name)).toEqual([
      `${name}.yaml:1:1 the RDS instance wallet-world-main-${name} would have 77 characters; the maximum is 57 | the environment's name is a part of it: with 39 characters it fits`,
      `${name}.yaml:1:1 the namespace shop-${name} would have 64 characters; the maximum is 63 | the environment's name is a part of it: with 58 characters it fits`,
    ])
    expect(named("a".repeat(39))).toEqual([])
    expect(named("a".repeat(40))).toHaveLength(1)
  })

  it("hosts leave room for a service's name", () => {
    const domain = `${Array(4).fill("d".repeat(43)).join(".")}.example`
    const changed = { "_defaults.yaml": world["_defaults.yaml"].replace("domain: example.org", `domain: ${domain}`) }
    expect(named("abcdefgh", changed)).toEqual([
      expect.stringMatching(
        /^abcdefgh\.yaml:1:1 the host abcdefgh\.d+.* would have 192 characters; the maximum is 189/,
      ),
    ])
  })

  it("a cluster's name has a limit as well, and so has a namespace that is written out", () => {
    const cluster = "c".repeat(28)
    const eks = "infrastructure: { cluster: { eks: { node_groups: {} } } }\n"
    const found = problemsOf(() =>
      loadEnvironment(
        files({
          [`_clusters/${cluster}.yaml`]: eks,
          "one.yaml": `cluster: ${cluster}\ntier: dev\nreleases: { shop: { namespace: ${"n".repeat(64)} } }\n`,
        }),
        "one",
      ),
    )
    expect(found).toEqual([
      `one.yaml:1:10 the cluster wallet-world-${cluster} would have 41 characters; the maximum is 40 | choose a shorter name`,
      `one.yaml:3:32 the namespace ${"n".repeat(64)} would have 64 characters; the maximum is 63 | choose a shorter name`,
    ])
  })

  it("must not be the same for two environments", () => {
    const found = named("a-b", { "_clusters/main-a.yaml": "{}\n", "b.yaml": "cluster: main-a\ntier: prod\n" })
    expect(found).toEqual([
      expect.stringMatching(
        /^a-b\.yaml:1:1 a-b on cluster main and b on cluster main-a would have one name for their databases, wallet-world-main-a-b/,
      ),
      expect.stringMatching(/^b\.yaml:1:1 b on cluster main-a and a-b on cluster main/),
    ])
  })
})

describe("namespaces", () => {
  const release = (namespace: string) => `releases:\n  shop:\n    namespace: ${namespace}\n`
  const problems = (changes: Record<string, string>) => problemsOf(() => loadEnvironments(files(changes)))

  it.each([
    ...["default", "kube-system", "kube-public", "kube-node-lease", "kube-mine"],
    ...["amazon-guardduty", "amazon-cloudwatch", "aws-observability", "eks-mine"],
  ])("%s is not ours to make and to delete", (namespace) => {
    expect(problems({ "one.yaml": `${world["one.yaml"]}${release(namespace)}` })).toEqual([
      `one.yaml:6:16 releases.shop.namespace must be a name of its own: default, kube-*, amazon-*, aws-* and eks-* belong to Kubernetes and AWS | it is the string "${namespace}"`,
    ])
  })

  it("such a one cannot be handed to a tenant either, nor come of the environment's name", () => {
    const tenants =
      "tenants:\n  app:\n    repository: a/b\n    prefix: app/\n    environments: { one: { namespaces: [kube-system] } }\n"
    expect(problems({ "_defaults.yaml": `${tenants}${world["_defaults.yaml"]}` })).toContainEqual(
      expect.stringMatching(/:5:41 tenants\.app\.environments\.one\.namespaces\.0 must be a name of its own/),
    )
    const plain = world["_defaults.yaml"].replace("namespace: shop-", "namespace: ")
    expect(named("default", { "_defaults.yaml": plain })).toEqual([
      expect.stringMatching(/:18:16 releases\.shop\.namespace must be a name of its own/),
    ])
  })

  it("two environments with one: both, with file and line, whichever is asked about", () => {
    const changes = {
      "one.yaml": `${world["one.yaml"]}${release("bug-shared")}`,
      "two.yaml": `${world["two.yaml"]}${release("bug-shared")}`,
    }
    const both =
      "one.yaml:6:16 namespace bug-shared is used by several environments: one (environments/one.yaml:6:16), two (environments/two.yaml:5:16) | each needs its own, such as bug-shared-${environment.name}"
    expect(problems(changes)).toEqual([both])
    for (const name of ["one", "two"]) expect(problemsOf(() => loadEnvironment(files(changes), name))).toEqual([both])
  })

  it("one that all inherit, or that is another's by its name, or has another release in it", () => {
    const literal = world["_defaults.yaml"].replace("shop-${environment.name}", "shop")
    expect(problems({ "_defaults.yaml": literal })).toEqual([
      expect.stringMatching(
        /^_defaults\.yaml:18:16 namespace shop is used by several environments: one \(.*\), two \(/,
      ),
    ])
    const other = `${world["two.yaml"]}releases:\n  other: { chart: shop, namespace: shop-one }\n`
    expect(problems({ "two.yaml": other })).toEqual([
      expect.stringMatching(
        /^_defaults\.yaml:18:16 namespace shop-one is used by several environments: one \(environments\/_defaults\.yaml:18:16\), two \(environments\/two\.yaml:4:36\)/,
      ),
    ])
  })

  it("one that a tenant is handed counts, too", () => {
    const handed = `${world["two.yaml"]}releases:\n  shop: { tenant: app, namespace: shop-one }\n`
    expect(problems({ "two.yaml": handed })).toEqual([
      expect.stringMatching(
        /namespace shop-one is used by several environments: one .*, two \(environments\/two\.yaml:4:35\)/,
      ),
    ])
  })

  it("of another cluster, account or region are others; two releases of one environment may share one", () => {
    const two = `cluster: other\ntier: prod\n${release("shop-one")}`
    expect(problems({ "_clusters/other.yaml": "{}\n", "two.yaml": two })).toEqual([])
    const more = `${world["one.yaml"]}releases:\n  more: { chart: shop, namespace: shop-one }\n`
    expect(problems({ "one.yaml": more })).toEqual([])
  })
})

describe("files", () => {
  it("that are hidden, and what editors leave, are nobody's", () => {
    const changes = {
      "._one.yaml": "\0\u0005\u0016\u0007",
      ".yamllint.yaml": "extends: default\n",
      ".hidden/two.yaml": "a: [",
      "_tiers/._dev.yaml": "\0",
      "_tiers/.dev.yaml": "tier: dev\n",
    }
    expect(listEnvironments(files(changes))).toEqual(["one", "two"])
    expect(problemsOf(() => loadEnvironments(files(changes)))).toEqual([])
  })

  it("with another ending are said", () => {
    const found = problemsOf(() =>
      loadEnvironment(files({ "a.yml": "{}", "b.YAML": "{}", "_tiers/c.yml": "{}" }), "one"),
    )
    expect(found.sort()).toEqual(
      ["_tiers/c.yml", "a.yml", "b.YAML"].map((file) => `${file}:1:1 this file is never read | name it .yaml`),
    )
  })

  it("that are empty say what is missing; line ends of other systems change nothing", () => {
    expect(problemsOf(() => loadEnvironment(files({ "one.yaml": "" }), "one"))[0]).toMatch(
      /^one\.yaml:1:1 cluster is missing/,
    )
    const windows = { "one.yaml": world["one.yaml"].replaceAll("\n", "\r\n") }
    expect(loadEnvironment(files(windows), "one")).toEqual({
      ...loadEnvironment(files(), "one"),
      tree: expect.anything(),
    })
  })
})
