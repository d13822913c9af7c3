// References: how they are written, checked, and filled in.
import { describe, expect, it } from "vitest"
import { loadEnvironment, loadEnvironments, lookupIn, resolve, resolveAll } from "../../../ci/pipeline/model/index.js"
import { escapeReferences, parts, wholeReference } from "../../../ci/pipeline/model/text/references.js"
import { edited, files, problemsOf, world } from "./fixture.js"

const withValues = (values: string) => ({
  "one.yaml": `${world["one.yaml"]}releases:\n  shop:\n    values:\n${values}`,
})
const value = (text: string) => withValues(`      x: ${text}\n`)
const problems = (changes: Record<string, string | undefined>) =>
  problemsOf(() => loadEnvironment(files(changes), "one"))

describe("parts", () => {
  it("splits text and references", () => {
    expect(parts("a${images.b}c${infra.rds.address.x-y}")).toEqual([
      "a",
      { kind: "image", text: "images.b", image: "b" },
      "c",
      { kind: "infra", text: "infra.rds.address.x-y", unit: "rds", output: ["address", "x-y"] },
    ])
    expect(parts("${environments.lace-dev.infra.rds.port}")).toEqual([
      {
        kind: "infra",
        text: "environments.lace-dev.infra.rds.port",
        environment: "lace-dev",
        unit: "rds",
        output: ["port"],
      },
    ])
  })

  it.each([
    ["", [""]],
    ["$", ["$"]],
    ["$5 {x}", ["$5 {x}"]],
    ["$${HOME}", ["${HOME}"]],
    ["$$${HOME}", ["$${HOME}"]],
    ["a$${b}c$${", ["a${b}c${"]],
  ])("%j is plain text", (text, expected) => {
    expect(parts(text)).toEqual(expected)
  })

  it.each([
    "${",
    "${}",
    "${ images.x }",
    "${HOME}",
    "${images}",
    "${images.a.b}",
    "${infra.rds}",
    "${environment.a.b}",
    "${environments.x.rds.y}",
    "${a.${b}}",
  ])("%j is malformed", (text) => {
    expect(parts(text)).toContainEqual(expect.objectContaining({ kind: "malformed" }))
    expect(wholeReference(text)).toBeUndefined()
  })

  it("escapes whatever would be a reference", () => {
    for (const text of ["${a}", "$${a}", "${", "plain"]) expect(parts(escapeReferences(text))).toEqual([text])
  })
})

describe("checking", () => {
  it.each([
    ["${HOME}", /"\$\{HOME\}" is not a reference \| a reference is .*; for a literal text write \$\$\{HOME\}$/],
    [
      "${images.shop",
      /is not a reference \| for a literal text write \$\$\{images\.shop; of a reference, \} is missing$/,
    ],
    [
      "sha: ${{ github.sha }}, ${images.shop}",
      /"\$\{\{ github\.sha \}\}" is not a reference \| for a literal text write \$\$\{\{ github\.sha \}\}; /,
    ],
    ["${images.shpo}", /there is no image for \$\{images\.shpo\} \| did you mean "shop"\? known: shop$/],
    ["${infra.rsd.address}", /there is no unit for .* did you mean "rds"\? known: access, ecr, eks, /],
    ["${infra.rds.adress}", /rds has no output for .* did you mean "address"\?/],
    ["${infra.msk.brokers}", /is referenced, but one has no msk \| add msk to infrastructure\.cluster/],
    ["${environment.hots}", /there is no \$\{environment\.hots\} \| did you mean "host"\?/],
    ["x-${repositories}", /is a list: it cannot be part of a longer string/],
    ["${environments.tow.infra.rds.address}", /there is no environment for .* did you mean "two"\? known: one, two$/],
    ["${environments.one.infra.rds.address}", /is this environment's own \| write \$\{infra\.rds\.address\}/],
    [
      "${environments.two.infra.network.vpc_id}",
      /network belongs to the cluster, not to an environment \| write \$\{infra\.network\.vpc_id\}/,
    ],
    ["${environments.two.infra.secrets.arns.x}", /is referenced, but two has no secrets/],
  ])("%s", (text, expected) => {
    const found = problems(value(`"${text}"`))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(/^one\.yaml:7:10 /)
    expect(found[0]).toMatch(expected)
  })

  it("at its own line and column in a text of several lines", () => {
    const block = (style: string) =>
      `      x: ${style} # ${"${none}"}\n        first ${"${environment.name}"} $${"${x}"}\n        ${"${HOME}"} and ${"${images.shpo}"}\n`
    for (const style of ["|", ">-", "|2"]) {
      const [literal, image] = problems(withValues(block(style)))
      expect(literal).toMatch(/^one\.yaml:9:9 "\$\{HOME\}" is not a reference/)
      expect(image).toMatch(/^one\.yaml:9:21 there is no image for/)
    }
    expect(problems(withValues('      x: "one\n        ${HOME}"\n'))[0]).toMatch(/^one\.yaml:8:9 "\$\{HOME\}"/)
    expect(problems(withValues("      x: one\n        ${HOME}\n"))[0]).toMatch(/^one\.yaml:8:9 "\$\{HOME\}"/)
  })

  it("not in keys", () => {
    for (const key of ["${infra.rds.address}", '"a ${HOME} b"', "${environment.name}"]) {
      const found = problems(withValues(`      map:\n        ${key}: y\n`))
      expect(found).toEqual([expect.stringMatching(/^one\.yaml:8:9 a key cannot hold a reference: ".*\$\{/)])
      expect(found[0]).toContain("for a literal text write")
    }
    const { releases } = loadEnvironment(files(withValues("      $${HOME}: x\n")), "one")
    expect(releases.shop.values).toHaveProperty(["$${HOME}"], "x")
  })

  it("a network that an environment does not have", () => {
    const found = problemsOf(() =>
      loadEnvironments(files(edited("_defaults.yaml", "host: shop", "net: ${environment.network}\n      host: shop"))),
    )
    expect(found).toEqual([
      expect.stringMatching(/^_defaults\.yaml:21:12 \$\{environment\.network\} is referenced, but two has no network/),
    ])
  })

  it("only where a step can fill it in", () => {
    expect(
      problems(edited("_defaults.yaml", "namespace: shop-${environment.name}", "namespace: ${infra.rds.database}")),
    ).toEqual([
      expect.stringMatching(
        /^_defaults\.yaml:18:16 \$\{infra\.rds\.database\} is not allowed in releases\.shop\.namespace /,
      ),
    ])
  })

  it("infrastructure can use wider scopes only, and nothing that differs within its scope", () => {
    const rds = (text: string) =>
      problems(edited("_defaults.yaml", "database: shop\n", `database: shop\n      instance_class: ${text}\n`))
    expect(rds("${infra.network.vpc_id}")).toEqual([])
    expect(rds("${infra.rds.address}")[0]).toMatch(
      /cannot be an input of the environment: units of one scope are connected by Terragrunt/,
    )
    const cidr = (text: string) =>
      problems({ "_clusters/main.yaml": `infrastructure:\n  cluster:\n    network:\n      cidr: ${text}\n` })
    expect(cidr("${infra.ecr.registry}")).toEqual([])
    expect(cidr("${infra.rds.address}")[0]).toMatch(
      /cannot be an input of the cluster: the environment is deployed after it/,
    )
    expect(cidr("x-${environment.cluster}")).toEqual([])
    expect(cidr("${environment.name}")[0]).toMatch(/differs between environments that share the cluster \|/)
  })

  it("whole references may stand for values of any type", () => {
    expect(problems(edited("_defaults.yaml", "[use1-az1, use1-az2]", "${infra.ecr.repository_urls}"))).toEqual([])
  })

  it("environments that refer to each other", () => {
    const use = (other: string) =>
      `releases:\n  shop:\n    values:\n      other: \${environments.${other}.infra.rds.address}\n`
    const found = problems({
      "one.yaml": `${world["one.yaml"]}${use("two")}`,
      "two.yaml": `${world["two.yaml"]}${use("one")}`,
    })
    expect(found).toEqual(["two.yaml:6:14 environments refer to each other in a cycle: one -> two -> one"])
  })

  it("environments of different clusters", () => {
    const found = problems({
      ...value("${environments.two.infra.rds.address}"),
      "two.yaml": "cluster: other\ntier: prod\n",
      "_clusters/other.yaml": "{}\n",
    })
    expect(found).toEqual([
      expect.stringMatching(
        /two is on cluster other, one on main \| only environments of one cluster can reach each other/,
      ),
    ])
  })
})

describe("filling in", () => {
  const lookup = lookupIn({
    images: { shop: "registry/shop@sha256:abc" },
    infra: {
      rds: { address: "db.example", port: 5432 },
      network: { private_subnet_ids: ["a", "b"] },
      secrets: { arns: { "x-y": "arn" } },
    },
    environments: { two: { rds: { address: "other.example" } } },
  })
  const values = ["releases", "shop", "values"]
  const resolved = (changes: Record<string, string>) => resolve(loadEnvironment(files(changes), "one"), values, lookup)

  it("keeps the type of what a whole reference points to, and makes text of the others", () => {
    const { value, unresolved } = resolved(
      withValues(
        "      port: ${infra.rds.port}\n      url: db://${infra.rds.address}:${infra.rds.port}\n      subnets: ${infra.network.private_subnet_ids}\n      list: ['${environments.two.infra.rds.address}']\n",
      ),
    )
    expect(unresolved).toEqual([])
    expect(value).toEqual({
      image: "registry/shop@sha256:abc",
      host: "shop.one.example.org",
      database: "db.example",
      replicas: 1,
      port: 5432,
      url: "db://db.example:5432",
      subnets: ["a", "b"],
      list: ["other.example"],
    })
  })

  it("turns escapes into what they stand for, once", () => {
    const { value: found, unresolved } = resolved(value("'$${HOME} and ${environment.name} and $${environment.name}'"))
    expect(found).toMatchObject({ x: "${HOME} and one and ${environment.name}" })
    expect(unresolved).toEqual([])
  })

  it("turns escapes in keys into what they stand for", () => {
    expect(resolved(withValues("      $${HOME}:\n        a$${b}: 1\n")).value).toMatchObject({
      "${HOME}": { "a${b}": 1 },
    })
  })

  it("says the line of what cannot be filled in, in a text of several lines", () => {
    const text = "      x: |\n        a\n        b ${environment.name} ${infra.network.private_subnet_ids}\n"
    expect(problemsOf(() => resolved(withValues(text)))).toEqual([expect.stringMatching(/^one\.yaml:9:31 releases/)])
    const environment = loadEnvironment(files(withValues("      x: |\n        a\n        ${infra.rds.port}\n")), "one")
    expect(problemsOf(() => resolveAll(environment, values, lookupIn({})))).toContainEqual(
      expect.stringMatching(/^one\.yaml:9:9 \$\{infra\.rds\.port\}/),
    )
  })

  it("leaves and lists what is not known", () => {
    const { value: found, unresolved } = resolved(value("${infra.rds.username}@${infra.rds.address}"))
    expect(found).toMatchObject({ x: "${infra.rds.username}@db.example" })
    expect(unresolved).toMatchObject([
      { reference: { text: "infra.rds.username" }, path: [...values, "x"], at: { file: "one.yaml", line: 7 } },
    ])
  })

  it("resolveAll names every reference that is not known, and why", () => {
    const environment = loadEnvironment(files(value("${environments.two.infra.rds.port}")), "one")
    expect(problemsOf(() => resolveAll(environment, values, lookupIn({})))).toEqual([
      "_defaults.yaml:20:14 ${images.shop}, which releases.shop.values.image needs, has no value yet | image shop was not published",
      "_defaults.yaml:22:17 ${infra.rds.address}, which releases.shop.values.database needs, has no value yet | unit rds gave no such output",
      "one.yaml:7:10 ${environments.two.infra.rds.port}, which releases.shop.values.x needs, has no value yet | unit rds of two gave no such output: deploy two first",
    ])
  })

  it("refuses to make text of a list", () => {
    expect(problemsOf(() => resolved(value("subnets ${infra.network.private_subnet_ids}")))).toEqual([
      'one.yaml:7:10 releases.shop.values.x needs text, but what it refers to is ["a","b"]',
    ])
  })

  it("does not find what objects inherit", () => {
    const find = (text: string) => lookup(parts(`\${${text}}`)[0] as never)
    expect(find("infra.rds.toString")).toBeUndefined()
    expect(find("infra.constructor.name")).toBeUndefined()
    expect(find("infra.secrets.arns.x-y")).toBe("arn")
  })
})
