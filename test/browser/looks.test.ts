// What is found wrong with a page: one page for each fault, and one without any.
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll, expect, inject, test } from "vitest"
import { type Look, looks, problemsAt } from "./looks.js"

const head = '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
const style = "<style>:root { color-scheme: light dark }</style>"
const good = "<h1>Shop</h1><ul><li>Bread</li></ul>"
const hidden = '<a style="position: absolute; left: -100vw">Skip</a><p style="display: none; font-size: 1px">x</p>'
const wide = "<pre>".concat("wide ".repeat(200), "</pre>")

const pages: Record<string, [html: string, problem?: RegExp, wanted?: Partial<Look>]> = {
  "/good": [`${head}${style}${good}${hidden}<div style="overflow-x: auto">${wide}</div>`],
  "/no-heading": [`${head}${style}<ul><li>Bread</li></ul>`, /no heading/],
  "/hidden-heading": [`${head}${style}<h1 hidden>Shop</h1><ul><li>Bread</li></ul>`, /no heading/],
  "/empty": [`${head}${style}<h1>Shop</h1><nav><ul><li>Home</li></ul></nav><ul></ul>`, /not one item/],
  "/script": [`${head}${style}${good}<script>throw new Error("broken")</script>`, /a script fails: broken/],
  "/console": [`${head}${style}${good}<script>console.error("odd")</script>`, /the console says: odd/],
  "/request": [`${head}${style}${good}<img src="/missing.png">`, /missing.png answers 404/],
  "/refused": [`${head}${style}${good}<img src="http://127.0.0.1:1/x.png">`, /x.png fails/],
  "/desktop": [`<link rel="icon" href="data:,">${style}${good}`, /laid out for a window of/, { width: 400 }],
  "/wide": [`${head}${style}${good}${wide}`, /px wide, the window/],
  "/cut": [`${head}${style}${good}<div style="overflow: hidden">${wide}</div>`, /ends beyond the window/],
  "/small": [`${head}${style}${good}<p style="font-size: 9px">small print</p>`, /“small print” is only 9 px/],
  "/pale": [
    `${head}${style}${good}<p style="color: #ccc">pale</p>`,
    /“pale” has a contrast of only/,
    { scheme: "light" },
  ],
  "/dark": [`${head}${style}${good}<p style="color: #222">ink</p>`, /“ink” has a contrast of only/, { scheme: "dark" }],
  "/box": [`${head}${style}${good}<p style="background: #fff; color: #fff9">ghost</p>`, /“ghost” has a contrast/],
}

let server: Server
let browser: Browser
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const [html] = pages[request.url ?? ""] ?? []
    response.writeHead(html ? 200 : 404, { "content-type": "text/html; charset=utf-8" })
    response.end(`<!doctype html><html lang="en">${html ?? good}</html>`)
  }).listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await chromium.launch({ executablePath: inject("chromium"), args: ["--no-sandbox"] })
})
afterAll(async () => {
  await browser?.close()
  server.close()
})

test("a page without a fault, in every look", async () => {
  for (const look of looks) expect(await problemsAt(browser, `${origin}/good`, look)).toEqual([])
})

test.each(Object.entries(pages).filter(([, [, problem]]) => problem))("%s", async (path, [, problem, wanted = {}]) => {
  const look = looks.find((one) => Object.entries(wanted).every(([key, value]) => one[key as keyof Look] === value))
  const found = await problemsAt(browser, origin + path, look as Look)
  expect(found.join("\n")).toMatch(problem as RegExp)
  // A fault that shows in some looks only is none in the others.
  const other = looks.find((one) => one.width !== look?.width && one.scheme !== look?.scheme) as Look
  if (Object.keys(wanted).length > 0) expect(await problemsAt(browser, origin + path, other)).toEqual([])
})

test("a page that is not there, and a server that is not", async () => {
  expect((await problemsAt(browser, `${origin}/gone`, looks[0])).join("\n")).toMatch(/the status is 404/)
  expect((await problemsAt(browser, "http://127.0.0.1:1/", looks[0])).join("\n")).toMatch(
    /ERR_CONNECTION_REFUSED|UNSAFE_PORT/,
  )
})
