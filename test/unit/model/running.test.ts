// What a deployment says about what runs: kinds of pods, and which addresses answer.
import { describe, expect, it } from "vitest"
import { formatAddresses, formatPods, type Pod } from "../../../ci/pipeline/model/index.js"

const pod = (name: string, labels: Record<string, string> = {}, ready = "True"): Pod => ({
  metadata: { name, namespace: "shop", labels },
  status: { phase: "Running", conditions: [{ type: "Ready", status: ready }] },
})
const simulated = { "wallet-world/simulated": "true" }
const standIn = { "wallet-world/stand-in": "true" }

const service = (name: string) => ({ metadata: { name, namespace: "shop" }, spec: { selector: { app: name } } })
const ingress = (name: string, host = `${name}.example.org`) => ({
  metadata: { namespace: "shop" },
  spec: { rules: [{ host, http: { paths: [{ backend: { service: { name } } }] } }] },
})
const at = (names: string[], pods: Pod[]) =>
  formatAddresses(
    { ingresses: names.map((name) => ingress(name)), services: names.map(service), pods },
    (host) => `http://${host}/`,
  )

describe("pods", () => {
  it("are real, stand-ins or simulated, and what is not real is explained below", () => {
    expect(formatPods([pod("api"), pod("oura", standIn), pod("node", simulated), pod("web", {}, "False")])).toBe(
      [
        "pod        kind       state",
        "shop/api   real       ready",
        "shop/oura  stand-in   ready",
        "shop/node  simulated  ready",
        "shop/web   real       Running",
        "",
        "stand-in: runs in place of a program whose image could not be pulled here; what it writes is made up",
        "simulated: is reported as running, but nothing runs",
      ].join("\n"),
    )
  })

  it("that an update replaces are ending, and nothing answers through them alone", () => {
    const old = pod("api", { app: "api" })
    const ending: Pod = { ...old, metadata: { ...old.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } }
    expect(formatPods([ending])).toMatch(/shop\/api +real +ending/)
    expect(at(["api"], [ending])).toContain("no pod behind it is ready")
  })

  it("that are all real need no explanation, and none at all no table", () => {
    expect(formatPods([pod("api")])).toBe("pod       kind  state\nshop/api  real  ready")
    expect(formatPods([])).toBe("")
  })
})

describe("addresses", () => {
  it("are printed where something answers; behind simulated pods nothing does", () => {
    const pods = [
      pod("a", { app: "api" }),
      pod("o", { app: "ogmios", ...simulated }),
      pod("s", { app: "oura", ...standIn }),
    ]
    expect(at(["api", "ogmios", "oura"], pods)).toBe(
      [
        "Where to look:",
        "  http://api.example.org/",
        "  http://oura.example.org/",
        "Nothing answers at:",
        "  ogmios.example.org: it has only simulated pods",
      ].join("\n"),
    )
  })

  it("need one real pod that is ready", () => {
    const mixed = [pod("a", { app: "api", ...simulated }), pod("b", { app: "api" })]
    expect(at(["api"], mixed)).toBe("Where to look:\n  http://api.example.org/")
    expect(at(["api"], [pod("a", { app: "api" }, "False")])).toBe(
      "Nothing answers at:\n  api.example.org: no pod behind it is ready",
    )
    expect(at(["api"], [])).toBe("Nothing answers at:\n  api.example.org: it has no pods")
  })

  it("have no heading above nothing", () => {
    expect(at([], [pod("a")])).toBe("")
    expect(at(["ogmios"], [pod("o", { app: "ogmios", ...simulated })])).not.toContain("Where to look:")
  })

  it("count what stands behind any of their paths, in the ingress's own namespace", () => {
    const two = ingress("api")
    two.spec.rules[0].http.paths.push({ backend: { service: { name: "web" } } })
    const elsewhere: Pod = {
      ...pod("x", { app: "web" }),
      metadata: { name: "x", namespace: "b", labels: { app: "web" } },
    }
    const show = (pods: Pod[]) =>
      formatAddresses({ ingresses: [two], services: [service("api"), service("web")], pods }, (host) => host)
    expect(show([pod("w", { app: "web" })])).toBe("Where to look:\n  api.example.org")
    expect(show([elsewhere])).toContain("it has no pods")
  })
})
