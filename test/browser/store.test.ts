// What a person sees after a deployment: every address that it printed, opened in a real Chromium exactly as printed.
import { randomBytes, randomUUID } from "node:crypto"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { type Browser, chromium, type Page } from "playwright-core"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { hostKubectl } from "../module/cluster.js"
import { request, root, sandboxPort, succeed } from "../module/world.js"
import { looks, problemsAt } from "./looks.js"

const environment = "preview-nightly"
/** Where the screenshots of the last run are kept. */
const screenshots = join(root, "test/browser/screenshots")
const namespace = `dapp-store-${environment}`

let port: number
let printed: string
let browser: Browser
let kubectl: (...args: string[]) => Promise<string>

const addresses = () => [...new Set(printed.match(/https?:\/\/[^\s)]+/g))]

/** The printed address of one of the environment's hosts. */
function addressOf(service: string): string {
  const found = addresses().find((address) => new URL(address).host.startsWith(`${service}.${environment}.`))
  if (!found) throw new Error(`no address of ${service} was printed:\n${printed}`)
  return found
}

const registrations = () => new URL("/registrations", addressOf("dapps")).href

/** Runs JavaScript in a pod of a service, in its working directory. */
const inPod = (service: string, script: string) =>
  kubectl("exec", "-n", namespace, `deployment/${service}`, "--", "node", "--input-type=module", "-e", script)

/** Puts a message on the topic that oura writes to, from the pod that reads it. */
const produce = (message: object) =>
  inPod(
    "validation-service",
    `import { Producer } from "@platformatic/kafka"
     const producer = new Producer({ clientId: "test", bootstrapBrokers: process.env.KAFKA_BROKERS.split(","), retries: 10 })
     const value = Buffer.from(${JSON.stringify(JSON.stringify(message))})
     await producer.send({ messages: [{ topic: process.env.KAFKA_TOPIC, value, partition: 0 }] })
     await producer.close()`,
  )

/** Opens a page anew until something is on it; fails with its text when that does not come. */
async function eventually(address: string, there: (page: Page) => Promise<boolean>): Promise<void> {
  const page = await browser.newPage()
  try {
    for (const deadline = Date.now() + 90_000; ; ) {
      await page.goto(address)
      if (await there(page)) return
      if (Date.now() > deadline) throw new Error(`not on ${address}:\n${await page.locator("body").innerText()}`)
      await page.waitForTimeout(1000)
    }
  } finally {
    await page.close()
  }
}

const has = (text: string | RegExp) => async (page: Page) => (await page.getByText(text).count()) > 0

/** Whether one of the registrations has a text and a status. */
const row = (text: string, status: string) => async (page: Page) =>
  (await page.locator(".registrations > li").filter({ hasText: text }).getByText(status, { exact: true }).count()) > 0

beforeAll(async () => {
  rmSync(screenshots, { recursive: true, force: true })
  port = sandboxPort()
  printed = await succeed("deploy", "--env", environment)
  ;[kubectl, browser] = await Promise.all([
    hostKubectl(port),
    chromium.launch({ executablePath: inject("chromium"), args: ["--no-sandbox"] }),
  ])
})
afterAll(() => browser?.close())

test("only what answers is printed as an address", () => {
  expect(addresses().map((address) => new URL(address).hostname)).toEqual(
    expect.arrayContaining(["localhost", expect.stringMatching(/^api\./), expect.stringMatching(/^dapps\./)]),
  )
  // Its image is a stand-in wherever the real one cannot be had.
  if (/\/ogmios\S* +simulated/.test(printed)) {
    expect(printed).toMatch(/ogmios\S*: it has only simulated pods/)
    expect(printed).not.toMatch(/https?:\/\/ogmios/)
  }
})

test("a new environment shows registrations, and says that they are made up", async ({ skip }) => {
  if (!/\/oura\S* +stand-in +ready/.test(printed)) skip("the real oura runs, and waits for registrations on the chain")
  expect(printed).toMatch(/^stand-in: .*made up/m)
  const madeUp = /made up by the sandbox's stand-in for oura/
  await eventually(addressOf("dapps"), has(madeUp))
  for (const [document, status] of [
    ["lantern", "valid"],
    ["harbour", "valid"],
    ["drift", "invalid"],
    ["lost", "unreachable"],
  ])
    await eventually(registrations(), row(`https://made-up.example/${document}.json`, status))
})

test("a stand-in that starts again writes nothing twice", async ({ skip }) => {
  if (!/\/oura\S* +stand-in +ready/.test(printed)) skip("the real oura runs")
  await kubectl("delete", "pod", "-n", namespace, "-l", "app.kubernetes.io/name=oura", "--wait=true")
  await kubectl("rollout", "status", "-n", namespace, "statefulset/oura", "--timeout=90s")
  expect(await kubectl("logs", "-n", namespace, "oura-0")).toContain("were written before")
})

test("a dApp that is written in the cluster appears", async () => {
  const [id, name] = [randomUUID(), `Written ${randomUUID()}`]
  await inPod(
    "api",
    `const answer = await fetch("http://localhost:8081/dapps/${id}", {
       method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "${name}" }) })
     if (answer.status !== 201) throw new Error(answer.status + await answer.text())`,
  )
  await eventually(new URL(`/?q=${encodeURIComponent(name)}`, addressOf("dapps")).href, has(name))
})

test("a registration that is put on the topic appears with its status", async () => {
  const [good] = JSON.parse(readFileSync(join(root, "toolchain/images/stand-in/messages.json"), "utf8"))
  const variant = (change: (text: string) => string) => {
    const hash = randomBytes(32)
    return {
      hex: hash.toString("hex"),
      message: { ...JSON.parse(change(JSON.stringify(good))), hash: hash.toString("base64") },
    }
  }
  const valid = variant((text) => text)
  const forged = variant((text) => text.replace(/"text":"[0-9a-f]{64}"/, `"text":"${randomBytes(32).toString("hex")}"`))
  const gone = variant((text) => text.replace("lantern.json", "gone.json"))
  for (const { message } of [valid, forged, gone]) await produce(message)
  await eventually(registrations(), row(valid.hex, "valid"))
  await eventually(registrations(), row(forged.hex, "invalid"))
  await eventually(registrations(), row(gone.hex, "unreachable"))
})

/** The links of a page that stay on its host. */
async function ownLinks(page: Page): Promise<string[]> {
  const links = await page.locator("a[href]").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))
  return [...new Set(links)].filter((link) => new URL(link).origin === new URL(page.url()).origin)
}

test("every printed address can be read, on a phone and a desktop, by day and by night", async () => {
  const problems: string[] = []
  const pages = new Set([...addresses(), registrations()])
  for (const address of pages)
    for (const look of looks) {
      const name = address.replace(/^https?:\/\//, "").replace(/[^a-z0-9.-]+/gi, "_")
      const screenshot = join(screenshots, `${name}-${look.width}-${look.scheme}.png`)
      const more = async (page: Page) => {
        const links = await ownLinks(page)
        // The page of one dApp stands for those of all.
        const dapp = links.find((link) => /\/dapps\/[^/?]+$/.test(link))
        if (address === addressOf("dapps") && dapp) pages.add(dapp)
        return look === looks[0] ? deadOf(links) : []
      }
      problems.push(...(await problemsAt(browser, address, look, { screenshot, more })))
    }
  expect(problems).toEqual([])
})

/** Those of the links that lead nowhere. Asked for outside of the browser: some are files to keep. */
async function deadOf(links: string[]): Promise<string[]> {
  const answers = links.map(async (link) => {
    const { host, pathname, search } = new URL(link)
    const { status } = await request(port, host, pathname + search)
    return status === 200 ? [] : [`${link} answers ${status}`]
  })
  return (await Promise.all(answers)).flat()
}
