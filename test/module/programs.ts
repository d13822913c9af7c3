// Programs that GitHub's machines have: AWS's command line, which is the real one; GitHub's and Docker's are stood in for.
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { once, temporary } from "../temporary.js"
import { command, root, write } from "./world.js"

const tools = join(root, "test/.tools")

/**
 * Makes a directory for the PATH with `aws`, `gh` and `docker`.
 *
 * @param record where `gh` writes its arguments, a line for each call, and the body of a comment
 * @param artifacts where `gh run download` finds artifacts
 */
export async function programs(record: string, artifacts: string): Promise<string> {
  const directory = temporary("programs")
  symlinkSync(await awsCommand(), join(directory, "aws"))
  executable(join(directory, "gh"), gh(record, artifacts))
  executable(join(directory, "docker"), docker)
  return directory
}

/** Takes a login, which registries here do not ask for, and is no container runtime. */
const docker = `#!/usr/bin/env bash
set -euo pipefail
[ "$1 $3 $5" = 'login --username --password-stdin' ] && [ -n "$2" ] && [ -n "$4" ] && [ -n "$(cat)" ]
`

/** It records what it is asked for, and knows only the two commands that the workflows use. */
const gh = (record: string, artifacts: string) => `#!/usr/bin/env bash
set -euo pipefail
: "\${GH_TOKEN:?}" "\${GH_REPO:?}"
printf '%s\\n' "$*" >>'${record}/gh'
case "$1 $2 $4 $6" in
'run download --name --dir') cp '${artifacts}'/"$5"/* "$7" ;;
'pr comment --edit-last --body-file') cp "$7" '${record}/comment' ;;
*) echo "this stand-in for gh does not know: $*" >&2; exit 64 ;;
esac
`

/** The path of a command line of AWS that can export credentials: version 2, of this machine, or else of Debian. */
async function awsCommand(): Promise<string> {
  const { stdout } = await command("bash", ["-c", "type -ap aws || :"])
  const unpacked = join(tools, "aws/aws")
  for (const path of [...stdout.split("\n").filter(Boolean), unpacked]) if (await exports(path)) return path
  if (!existsSync("/etc/debian_version"))
    throw new Error("install version 2 of AWS's command line: https://aws.amazon.com/cli")
  await once(unpacked, unpackAws)
  if (!(await exports(unpacked))) throw new Error(`${unpacked} cannot export credentials`)
  return unpacked
}

async function exports(path: string): Promise<boolean> {
  const env = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" }
  const { code, stdout } = await command(path, ["configure", "export-credentials"], { env })
  return code === 0 && JSON.parse(stdout).SessionToken === "token"
}

/** Unpacks Debian's packages below test/.tools; nothing is installed. */
async function unpackAws(): Promise<void> {
  const partial = `${tools}/aws.partial`
  mkdirSync(`${partial}/archives/partial`, { recursive: true })
  const options = [
    "-qq",
    "-y",
    "--no-install-recommends",
    "--download-only",
    "-o",
    `Dir::Cache::archives=${partial}/archives`,
  ]
  await run("apt-get", "-qq", "update")
  await run("apt-get", ...options, "install", "awscli")
  for (const name of readdirSync(`${partial}/archives`).filter((file) => file.endsWith(".deb")))
    await run("dpkg", "-x", `${partial}/archives/${name}`, `${partial}/root`)
  executable(
    `${partial}/aws`,
    `#!/bin/sh
PYTHONPATH=${tools}/aws/root/usr/lib/python3/dist-packages exec /usr/bin/python3 ${tools}/aws/root/usr/bin/aws "$@"
`,
  )
  renameSync(partial, `${tools}/aws`)
}

async function run(program: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await command(program, args)
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${stderr}`)
}

function executable(path: string, text: string): void {
  write(path, text)
  chmodSync(path, 0o755)
}
