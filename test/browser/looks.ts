// How a page looks to a person: opened in a real Chromium at a width and in a colour scheme, judged, and photographed.
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import type { Browser, Page } from "playwright-core"
import { unreadable } from "./readable.js"

/** A phone and a desktop, by day and by night. */
export const looks = [
  { width: 400, scheme: "light" },
  { width: 400, scheme: "dark" },
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
] as const

export type Look = (typeof looks)[number]

/**
 * Opens an address and says what a person would find wrong with it.
 *
 * @param browser a running Chromium
 * @param address the address, as it was printed
 * @param look the width of the window in CSS pixels, and the colour scheme that is preferred
 * @param options.screenshot the file that a screenshot is kept in
 * @param options.more further looks at the page; what they return is wrong, too
 * @returns what is wrong, nothing when all is well
 */
export async function problemsAt(
  browser: Browser,
  address: string,
  { width, scheme }: Look,
  { screenshot, more }: { screenshot?: string; more?: (page: Page) => Promise<string[]> } = {},
): Promise<string[]> {
  const phone = width < 800
  const context = await browser.newContext({
    viewport: { width, height: phone ? 800 : 900 },
    colorScheme: scheme,
    // A phone lays out a page that does not ask for its width as if it were a desktop, and shows it tiny.
    isMobile: phone,
    hasTouch: phone,
  })
  const problems: string[] = []
  try {
    const page = await context.newPage()
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(`the console says: ${message.text()}`)
    })
    page.on("pageerror", (error) => problems.push(`a script fails: ${error.message}`))
    page.on("requestfailed", (request) => problems.push(`${request.url()} fails: ${request.failure()?.errorText}`))
    page.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.url()} answers ${response.status()}`)
    })
    const answer = await page.goto(address, { waitUntil: "load", timeout: 30_000 })
    if (answer?.status() !== 200) problems.push(`the status is ${answer?.status()}`)
    problems.push(...(await contents(page)), ...(await page.evaluate(unreadable, width)))
    if (screenshot) {
      mkdirSync(dirname(screenshot), { recursive: true })
      await page.screenshot({ path: screenshot, fullPage: true })
    }
    if (more) problems.push(...(await more(page)))
  } catch (error) {
    problems.push((error as Error).message)
  } finally {
    await context.close()
  }
  return problems.map((problem) => `${address} at ${width} px, ${scheme}: ${problem}`)
}

/** A page shows what it is and at least one thing that it has. */
async function contents(page: Page): Promise<string[]> {
  const shown = async (selector: string) =>
    (await page.locator(selector).filter({ visible: true, hasText: /\S/ }).count()) > 0
  return [
    ...((await shown("h1")) ? [] : ["there is no heading"]),
    ...((await shown(":is(li, dd, tbody tr):not(nav *)")) ? [] : ["there is not one item"]),
  ]
}
