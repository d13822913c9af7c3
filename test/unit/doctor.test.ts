// doctor: what it makes of files and of answers. What it asks is tried against the sandbox (test/module/services.test.ts).
import { describe, expect, it } from "vitest"
import { processors } from "../../ci/pipeline/commands/doctor/account.js"
import { offers } from "../../ci/pipeline/commands/doctor/instances.js"
import { settings, workflowVariables } from "../../ci/pipeline/commands/doctor/settings.js"
import { delegation, publicZones } from "../../ci/pipeline/commands/doctor/zone.js"
import { loadEnvironment } from "../../ci/pipeline/model/index.js"
import { nameServersOf } from "../../ci/pipeline/tools/dns.js"
import { files, repositoryFiles, world } from "./model/fixture.js"

const named = (github: string) =>
  loadEnvironment(files({ "_defaults.yaml": `${github}${world["_defaults.yaml"]}` }), "one")

describe("settings", () => {
  it("are missing in the repository as it is: account, repositories and digests are for whoever uses it to choose", () => {
    const found = settings(loadEnvironment(repositoryFiles(), "preview-nightly"), {})
    expect(found.filter(([, state]) => state === "missing").map(([what]) => what)).toEqual([
      ...["account", "GitHub repository", "tenant dapp-store"],
      ...["digest of cardano-node", "digest of db-sync", "digest of ogmios", "digest of postgres", "digest of oura"],
    ])
  })

  it.each([
    ["", "missing", /^none is named, so .* set github\.repository in environments\/_defaults\.yaml$/],
    ["github: { repository: a--b/c }\n", "missing", /^a--b\/c is a placeholder, so its workflows have no roles/],
    ["github: { repository: us/world }\n", "ok", /^us\/world$/],
  ])("%j", (github, state, note) => {
    const found = settings(named(github), {}).find(([what]) => what === "GitHub repository")
    expect(found).toEqual(["GitHub repository", state, expect.stringMatching(note)])
  })

  it("of a tenant's repository name no repository: its roles are somebody else's", () => {
    const environment = { ...named(""), tenant: "app" }
    expect(settings(environment, {}).map(([what]) => what)).not.toContain("GitHub repository")
  })
})

describe("instances of nodes", () => {
  const item = (type: string, zone: string) =>
    `<item>\n<instanceType>${type}</instanceType>\n<locationType>availability-zone-id</locationType>\n<location>${zone}</location>\n</item>`
  const answer = [item("m7a.large", "use1-az1"), item("m7i.large", "use1-az2"), item("r7a.large", "use1-az2")].join("")
  const zones = ["use1-az1", "use1-az2"]

  it("are there where a zone has one of the group's types; a group in one zone needs no other", () => {
    const groups = {
      general: { instance_types: ["m7a.large", "m7i.large"] },
      memory: { instance_types: ["r7a.large"], zone_index: 1 },
    }
    expect(offers({ groups, zones }, answer)).toEqual([
      ["instances of general", "ok", "m7a.large, m7i.large in use1-az1, use1-az2"],
      ["instances of memory", "ok", "r7a.large in use1-az2"],
    ])
  })

  it("are missing in a zone that has none, which is named", () => {
    expect(offers({ groups: { general: { instance_types: ["m7a.large"] } }, zones }, answer)).toEqual([
      ["instances of general", "missing", "use1-az2 has no m7a.large: choose other instance_types or other zones"],
    ])
  })
})

describe("variables of GitHub", () => {
  const values = (github: string) => workflowVariables(named(github)).map(([name, value]) => `${name} ${value}`)

  it("name the roles that are made for the repository", () => {
    expect(values("github: { repository: us/world }\n")).toEqual([
      "AWS_ACCOUNT 123456789012",
      "AWS_REGION us-east-1",
      "AWS_ROLE arn:aws:iam::123456789012:role/wallet-world-deploy",
      "AWS_PLAN_ROLE arn:aws:iam::123456789012:role/wallet-world-plan",
    ])
  })

  it("name none as long as the repository is a placeholder", () => {
    expect(values("github: { repository: a--b/c }\n").join()).not.toContain("arn:")
  })
})

describe("delegation", () => {
  const servers = ["ns-2.example.net", "ns-1.example.org"]
  const of = (answer?: string[]) => delegation("lw.iog.io", servers, answer)

  it("is there when public DNS names the zone's servers, in any order and spelling", () => {
    expect(of(["NS-1.example.org.", "ns-2.example.net"])[1]).toBe("ok")
  })

  it.each([[[]], [["ns-1.example.org"]], [["ns-1.example.org", "ns-2.example.net", "ns-3.example.net"]]])(
    "is missing when it names %j, and says what to enter",
    (answer) => {
      expect(of(answer)).toEqual([
        "delegation of lw.iog.io",
        "missing",
        expect.stringMatching(/enter the NS records of lw\.iog\.io in the zone above: ns-2\.example\.net, ns-1\.exa/),
      ])
    },
  )

  it("is unknown where DNS cannot be asked", () => {
    expect(of(undefined)).toEqual(["delegation of lw.iog.io", "unknown", expect.stringContaining("cannot be asked")])
  })

  it("ends soon where DNS cannot be asked, and never takes silence for an answer", async () => {
    const begun = Date.now()
    expect(await nameServersOf("example.invalid")).toBeUndefined()
    expect(Date.now() - begun).toBeLessThan(7_000)
  })
})

it("counts the processors that a cluster's nodes have at least", () => {
  const of = (name: string) => processors(loadEnvironment(repositoryFiles(), name))
  expect([of("preview-nightly"), of("preview-prod"), processors(named(""))]).toEqual([2 * 4, 3 * 8 + 16, 0])
})

it("finds a domain's public zones, and no others, in what Route 53 lists", () => {
  const item = (id: string, name: string, hidden: boolean) =>
    `<HostedZone><Id>/hostedzone/${id}</Id><Name>${name}.</Name><Config><PrivateZone>${hidden}</PrivateZone></Config></HostedZone>`
  const zones = [item("A", "lw.iog.io", true), item("B", "lw.iog.io", false), item("C", "x.lw.iog.io", false)]
  expect(publicZones(`<HostedZones>${zones.join("\n")}</HostedZones>`, "lw.iog.io")).toEqual(["B"])
})
