// Tenants: what the account and the clusters are told of them, and what can be wrong with them.
import { describe, expect, it } from "vitest"
import { loadEnvironment } from "../../../ci/pipeline/model/index.js"
import { files, infrastructureOf, problemsOf, world } from "./fixture.js"

const tenants = `tenants:
  app:
    repository: them/app
    prefix: app/
    environments:
      one: { namespaces: [app-one, app-one-jobs] }
      three: { namespaces: [app-three] }
`
const uses = {
  account: "    access: { tenants: '${tenants}' }\n",
  cluster: "    eks: { node_groups: {}, tenants: '${tenants.namespaces}' }\n",
}

/** The world with a second cluster, and defaults that name tenants and use what follows from them. */
const changed = (text = tenants) => ({
  "_defaults.yaml": `${text}${world["_defaults.yaml"]
    .replace("  cluster:\n", `${uses.account}  cluster:\n`)
    .replace("  environment:\n", `${uses.cluster}  environment:\n`)}`,
  "_clusters/other.yaml": "{}\n",
  "three.yaml": "cluster: other\ntier: dev\n",
})
const load = (name: string, text?: string) => infrastructureOf(loadEnvironment(files(changed(text)), name))
const problems = (from: string | RegExp, to: string) => problemsOf(() => load("one", tenants.replace(from, to)))

describe("what follows from tenants", () => {
  it("is the same for all environments of the account", () => {
    const access = {
      tenants: { app: { repository: "them/app", repositories: "app/", environments: { one: "main", three: "other" } } },
    }
    for (const name of ["one", "two", "three"]) expect(load(name).account.access, name).toEqual(access)
  })

  it("names GitHub's ids where they are known", () => {
    const text = tenants.replace("    prefix", '    ownerId: "12"\n    repositoryId: "34"\n    prefix')
    expect(load("one", text).account.access).toMatchObject({
      tenants: { app: { owner_id: "12", repository_id: "34" } },
    })
  })

  it("is a tenant's namespaces on each cluster, whichever environment of the cluster is asked about", () => {
    for (const name of ["one", "two"])
      expect(load(name).cluster.eks.tenants).toEqual({ app: ["app-one", "app-one-jobs"] })
    expect(load("three").cluster.eks.tenants).toEqual({ app: ["app-three"] })
  })

  it("leaves out environments of other accounts", () => {
    const other = { ...changed(), "_clusters/other.yaml": 'account: "222222222222"\n' }
    const of = (name: string) => infrastructureOf(loadEnvironment(files(other), name)).account.access
    expect(of("one")).toMatchObject({ tenants: { app: { environments: { one: "main" } } } })
    expect(of("three")).toMatchObject({ tenants: { app: { environments: { three: "other" } } } })
  })

  it("is nothing without tenants", () => {
    expect(load("one", "").account.access).toEqual({ tenants: {} })
    expect(load("one", "").cluster.eks.tenants).toEqual({})
  })
})

describe("mistakes", () => {
  it.each<[string, string | RegExp, string, RegExp]>([
    [
      "an environment that does not exist",
      "one:",
      "oen:",
      /:6:7 there is no environment "oen" \| did you mean "one"\?/,
    ],
    [
      "a repository without owner",
      "them/app",
      "app",
      /:3:17 tenants\.app\.repository must be a GitHub repository as OWN/,
    ],
    [
      "a prefix that is a whole name",
      "app/\n",
      "app\n",
      /:4:13 tenants\.app\.prefix must be how names of ECR repositor/,
    ],
    [
      "one id of two",
      "    prefix",
      '    ownerId: "1"\n    prefix',
      /:3:5 tenants\.app has one of ownerId and repositoryId/,
    ],
    [
      "a prefix with our charts",
      "app/\n",
      "world/\n",
      /:4:13 tenants\.app\.prefix holds our own charts \| they are belo/,
    ],
    ["the name of a role that plans", "  app:", "  app-plan:", /:2:3 .*must not end in -plan: roles that plan do/],
    ["no namespaces", "[app-three]", "[]", /:7:28 tenants\.app\.environments\.three\.namespaces /],
    [
      "a prefix within another's",
      /$/,
      "  more: { repository: them/more, prefix: app/more/, environments: {} }\n",
      /:8:42 tenants\.more\.prefix is inside the prefix of app/,
    ],
    [
      "a namespace of another",
      /$/,
      "  more: { repository: them/more, prefix: more/, environments: { two: { namespaces: [app-one] } } }\n",
      /:8:85 namespace app-one already belongs to tenant app/,
    ],
  ])("%s", (_, from, to, expected) => {
    const found = problems(from, to)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(expected)
  })

  it("in a layer that not all environments of the account read", () => {
    const found = problemsOf(() => loadEnvironment(files({ "_clusters/main.yaml": tenants }), "one"))
    expect(found).toContainEqual(expect.stringMatching(/tenants cannot be set here: it is shared .* _defaults\.yaml$/))
  })

  it("a cluster's namespaces in the account", () => {
    const found = problemsOf(() =>
      loadEnvironment(
        files({
          "_defaults.yaml": world["_defaults.yaml"].replace(
            "  cluster:\n",
            "    access: { tenants: '${tenants.namespaces}' }\n  cluster:\n",
          ),
        }),
        "one",
      ),
    )
    expect(found).toEqual([expect.stringMatching(/differs between the clusters of an account \| there it can be /)])
  })

  it("a map inside a text", () => {
    const found = problemsOf(() =>
      loadEnvironment(files({ "_tiers/dev.yaml": "releases: { shop: { values: { x: 'x-${tenants}' } } }\n" }), "one"),
    )
    expect(found).toEqual([expect.stringMatching(/\$\{tenants\} is a map: it cannot be part of a longer string/)])
  })
})
