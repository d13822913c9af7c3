// Whose namespaces and releases are, what may not be taken over, and what an environment owns beside what it names.
import { describe, expect, it } from "vitest"
import {
  type Existing,
  type FoundRelease,
  leftovers,
  namespaceRefusal,
  ownerLabels,
  type Release,
  releaseRefusal,
} from "../../../ci/pipeline/model/index.js"

const environment = "wallet-world.environment"
const tenant = "wallet-world.tenant"
const made = "wallet-world.made"
const one = { scope: "environment", name: "one" } as const
const found = (name: string, namespace: string, labels: Record<string, string>): FoundRelease => ({
  name,
  namespace,
  labels,
})

describe("a namespace", () => {
  const nothing = { releases: [], objects: [] }
  const refusal = (labels?: Record<string, string>, content = nothing as Parameters<typeof namespaceRefusal>[2]) =>
    namespaceRefusal(one, { name: "shop", labels }, content)

  it("is taken when it is not there, the environment's own, or nobody's and empty", () => {
    expect(refusal()).toBeUndefined()
    expect(refusal({ [environment]: "one" })).toBeUndefined()
    expect(refusal({ team: "shop" })).toBeUndefined()
  })

  it("of another environment is refused, with its name", () => {
    expect(refusal({ [environment]: "two" })).toMatch(/^namespace shop is environment two's; it was left alone/)
  })

  it("that somebody has made by hand is refused when something is in it, with what, and how it is handed over", () => {
    const error = refusal({}, { releases: [], objects: ["secrets/login", "deployments/web"] })
    expect(error).toContain("namespace shop exists, has no owner, and contains secrets/login, deployments/web;")
    expect(error).toContain("kubectl label namespace shop wallet-world.environment=one")
    expect(refusal({}, { releases: [found("blog", "shop", {})], objects: [] })).toContain("contains release blog;")
  })

  it("in which are releases of this module that name no environment yet is taken, with what they brought", () => {
    const content = { releases: [found("web", "shop", { [made]: "abc" })], objects: ["deployments/web"] }
    expect(refusal({}, content)).toBeUndefined()
    content.releases.push(found("web2", "shop", { [made]: "abc", [environment]: "two" }))
    expect(refusal({}, content)).toContain("release web2")
  })
})

describe("a release", () => {
  const refusal = (labels: Record<string, string>) => releaseRefusal(one, found("web", "shop", labels))

  it("of this environment, of a tenant in it, or of this module without a name is taken over", () => {
    expect(releaseRefusal(one, undefined)).toBeUndefined()
    expect(refusal({ [environment]: "one" })).toBeUndefined()
    expect(refusal({ [environment]: "one", [tenant]: "app" })).toBeUndefined()
    expect(refusal({ [made]: "abc" })).toBeUndefined()
  })

  it("of another environment, or of nobody, is left alone", () => {
    expect(refusal({ [environment]: "two", [made]: "abc" })).toMatch(
      /^release web in namespace shop is environment two's; it was left alone/,
    )
    expect(refusal({})).toMatch(
      /^release web in namespace shop is without an owner: it was not installed by this module;/,
    )
  })
})

it("what is made says whose it is; a tenant says so, too", () => {
  expect(ownerLabels(one)).toEqual({ [environment]: "one" })
  expect(ownerLabels({ ...one, tenant: "app" })).toEqual({ [environment]: "one", [tenant]: "app" })
})

describe("leftovers", () => {
  const own = { [environment]: "one", [made]: "abc" }
  const theirs = { ...own, [tenant]: "app" }
  const of = (releases: Record<string, Partial<Release>>, existing: Partial<Existing>, as?: string) =>
    leftovers(
      { ...one, tenant: as, releases: releases as Record<string, Release> },
      { namespaces: [], releases: [], tenants: [], ...existing },
    )

  it("are none where all is named", () => {
    const existing = { namespaces: ["shop"], releases: [found("web", "shop", own)] }
    expect(of({ web: { namespace: "shop" } }, existing)).toEqual([])
  })

  it("a release that left the file, then its namespace when nothing else is named there", () => {
    const existing = { namespaces: ["shop", "old"], releases: [found("web", "shop", own), found("api", "old", own)] }
    expect(of({ web: { namespace: "shop" } }, existing)).toEqual([
      { step: "release:old/api", kind: "release", name: "api", namespace: "old" },
      { step: "namespace:old", kind: "namespace", name: "old" },
    ])
    const both = { namespaces: ["shop"], releases: [found("web", "shop", own), found("api", "shop", own)] }
    expect(of({ web: { namespace: "shop" } }, both).map(({ step }) => step)).toEqual(["release:shop/api"])
  })

  it("a release whose namespace or name changed, and a namespace that a killed run left empty", () => {
    const existing = { namespaces: ["new", "old", "empty"], releases: [found("web", "old", own)] }
    expect(of({ web: { namespace: "new" } }, existing).map(({ step }) => step)).toEqual([
      "release:old/web",
      "namespace:old",
      "namespace:empty",
    ])
  })

  it("nothing that others installed, nor the namespace that it is in", () => {
    const existing = {
      namespaces: ["old"],
      releases: [found("api", "old", own), found("blog", "old", {}), found("app", "old", theirs)],
    }
    expect(of({}, existing)).toEqual([
      { step: "release:old/api", kind: "release", name: "api", namespace: "old" },
      {
        step: "namespace:old",
        kind: "namespace",
        name: "old",
        kept: "release blog is without an owner: it was not installed by this module; release app is the tenant app's, in environment one",
      },
    ])
  })

  it("no release that is handed over, whoever installed it", () => {
    const handed = { app: { namespace: "app", tenant: "app" } }
    for (const labels of [own, theirs])
      expect(of(handed, { namespaces: ["app"], releases: [found("app", "app", labels)], tenants: ["app"] })).toEqual([])
  })

  it("a handover that ended: what the tenant is told goes when its release has gone", () => {
    expect(of({}, { namespaces: ["app"], tenants: ["app"] })).toEqual([
      { step: "namespace:app", kind: "namespace", name: "app" },
      { step: "handover:app", kind: "handover", name: "app" },
    ])
    const kept = of({}, { namespaces: ["app"], releases: [found("app", "app", theirs)], tenants: ["app"] })
    expect(kept.map(({ kept }) => kept)).toEqual([
      "release app is the tenant app's, in environment one",
      "release app in namespace app is still the tenant's",
    ])
  })

  it("of a tenant are its own releases: no namespace, and nothing of whoever handed it over", () => {
    const existing = { namespaces: ["app"], releases: [found("old", "app", theirs), found("base", "app", own)] }
    expect(of({}, existing, "app").map(({ step }) => step)).toEqual(["release:app/old"])
  })
})
