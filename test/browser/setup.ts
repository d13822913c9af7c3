// Before the tests in a browser: finds Chromium, and on Debian installs it where there is none. Says what it does.
import { execFileSync } from "node:child_process"
import { accessSync, constants, existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  export interface ProvidedContext {
    /** The path of a Chromium. */
    chromium: string
  }
}

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
const elsewhere = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]

export default function setup({ provide }: TestProject): void {
  provide("chromium", find() ?? install())
}

function find(): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter)
  const candidates = [...names.flatMap((name) => directories.map((directory) => join(directory, name))), ...elsewhere]
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function install(): string {
  if (!existsSync("/etc/debian_version") || process.getuid?.() !== 0)
    throw new Error("the tests in a browser need Chromium or Chrome in the PATH: install one of them")
  console.log("The tests in a browser need Chromium: installing Debian's package chromium with apt-get")
  const apt = (...args: string[]) =>
    execFileSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    })
  apt("update", "-qq")
  // Without a font there is nothing to see.
  apt("install", "-qy", "--no-install-recommends", "chromium", "fonts-dejavu-core")
  const found = find()
  if (!found) throw new Error("apt-get has installed chromium, but there is none in the PATH")
  return found
}
