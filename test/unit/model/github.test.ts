// This repository on GitHub: what account and clusters are told of it, and what can be wrong with it.
import { describe, expect, it } from "vitest"
import { isPlaceholder, loadEnvironment } from "../../../ci/pipeline/model/index.js"
import { files, infrastructureOf, problemsOf, world } from "./fixture.js"

/** The world with a second cluster, and defaults that name the repository and use what follows from it. */
const changed = (github: string) => ({
  "_defaults.yaml": `${github}${world["_defaults.yaml"]
    .replace("  cluster:\n", "    access: { workflows: '${github}' }\n  cluster:\n")
    .replace("  environment:\n", "    eks: { node_groups: {}, workflows: '${github.roles}' }\n  environment:\n")}`,
  "_clusters/other.yaml": "{}\n",
  "three.yaml": "cluster: other\ntier: dev\n",
})
const load = (name: string, github: string, more = {}) => {
  const { account, cluster } = infrastructureOf(loadEnvironment(files({ ...changed(github), ...more }), name))
  return [account.access.workflows, cluster.eks.workflows]
}

describe("what follows from the repository", () => {
  it("is the same for all environments of the account: the repository, and who may deploy from it", () => {
    const workflows = { repository: "us/world", environments: ["one", "three", "two"] }
    for (const name of ["one", "two", "three"])
      expect(load(name, "github: { repository: us/world }\n"), name).toEqual([workflows, true])
  })

  it("names GitHub's ids where they are known", () => {
    const [workflows] = load("one", 'github: { repository: us/world, ownerId: "12", repositoryId: "34" }\n')
    expect(workflows).toMatchObject({ owner_id: "12", repository_id: "34" })
  })

  it("leaves out environments of other accounts", () => {
    const other = { "_clusters/other.yaml": 'account: "222222222222"\n' }
    const of = (name: string) => load(name, "github: { repository: us/world }\n", other)[0]
    expect(of("one")).toMatchObject({ environments: ["one", "two"] })
    expect(of("three")).toMatchObject({ environments: ["three"] })
  })

  it.each(["", "github: { repository: owner--placeholder/world }\n"])("is nothing as long as it is %j", (github) => {
    expect(load("one", github)).toEqual([{}, false])
  })
})

it("a placeholder is an owner that GitHub would not take", () => {
  expect(["a--b/c", "a-b/c", "a/b--c"].map(isPlaceholder)).toEqual([true, false, false])
})

describe("mistakes", () => {
  it.each([
    ["github: { repository: world }\n", /:1:23 github\.repository must be a GitHub repository as OWNER\/NAME/],
    ['github: { repository: us/world, ownerId: "1" }\n', /:1:9 github has one of ownerId and repositoryId/],
    ["github: { repository: us/world, ownerId: 1 }\n", /:1:42 github\.ownerId /],
  ])("%s", (github, expected) => {
    const found = problemsOf(() => load("one", github))
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(expected)
  })

  it("in a layer that not all environments of the account read", () => {
    const found = problemsOf(() => load("one", "", { "_clusters/main.yaml": "github: { repository: us/world }\n" }))
    expect(found).toEqual([expect.stringMatching(/github cannot be set here: it is shared .* _defaults\.yaml$/)])
  })

  it("whether there are roles as a part of a text", () => {
    const tier = "releases: { shop: { values: { x: 'x-${github.roles}' } } }\n"
    const found = problemsOf(() => loadEnvironment(files({ "_tiers/dev.yaml": tier }), "one"))
    expect(found).toEqual([
      expect.stringMatching(/\$\{github\.roles\} is a boolean: it cannot be part of a longer string/),
    ])
  })
})
