// What a deployment asks for that finds nothing to do, counted in its process; and plain Helm on the same releases, by turns.
import diagnostics from "node:diagnostics_channel"
import { writeFileSync } from "node:fs"
import { ClientRequest } from "node:http"
import { join } from "node:path"
import { test } from "vitest"
import { stringify } from "yaml"
import { Charts } from "../test/golden/helm.js"
import { hostProgram } from "../test/module/cluster.js"
import { call, daggerw, returned, sandboxAddress, sandboxPort, tool } from "../test/module/world.js"
import { temporary } from "../test/temporary.js"

const environment = "preview-nightly"

/** What is counted, by the host and the path of a request. */
const kinds: [what: string, host: RegExp, path: RegExp][] = [
  ["credentials read", /./, /^\/credentials\?/],
  ["requests to AWS", /^aws\./, /./],
  ["requests to Kubernetes", /\.eks\./, /./],
  ["requests to the registry", /\.dkr\.ecr\./, /./],
]

test("a deployment with nothing to do", async () => {
  const port = sandboxPort()
  const deploy = ["deploy", "--env", environment]
  returned(await daggerw(deploy))
  // Where calls are made by ./daggerw, there is nothing to count in this process.
  const counted = sandboxAddress() === "localhost" ? {} : await counts(async () => returned(await call(...deploy)))

  process.env.HELM = await tool("helm")
  const helm = await hostProgram("helm", port)
  const releases: { name: string; namespace: string }[] = JSON.parse(await helm("list", "-A", "-o", "json"))
  const charts = new Charts()
  const upgrades = await Promise.all(
    releases
      .filter(({ namespace }) => namespace.endsWith(environment))
      .map(async ({ name, namespace }) => {
        const values = join(temporary("values"), "values.yaml")
        writeFileSync(values, stringify(JSON.parse(await helm("get", "values", name, "-n", namespace, "-o", "json"))))
        return ["upgrade", name, charts.directory(name), "-n", namespace, "-f", values, "--dry-run=server"]
      }),
  )
  const seconds = { deploy: [] as number[], helm: [] as number[] }
  for (let round = 0; round < Number(process.env.RUNS); round++) {
    seconds.deploy.push(await timed(() => daggerw(deploy).then(returned)))
    seconds.helm.push(await timed(() => Promise.all(upgrades.map((upgrade) => helm(...upgrade)))))
  }
  writeFileSync(String(process.env.RESULT), JSON.stringify({ counted, releases: upgrades.length, seconds }))
})

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Does work and counts the requests of this process, and the commands that the engine is asked to run. */
async function counts(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counted: Record<string, number> = Object.fromEntries(kinds.map(([what]) => [what, 0]))
  counted["questions to the engine"] = 0
  const count = (host: string, path: string) => {
    const [what] = kinds.find(([, hosts, paths]) => hosts.test(host) && paths.test(path)) ?? []
    if (what) counted[what]++
  }
  const ofHttp = (message: unknown) => {
    const { request } = message as { request: { host: string; path: string; getHeader(name: string): unknown } }
    count(String(request.getHeader("host") ?? request.host), request.path)
  }
  const ofFetch = (message: unknown) => {
    const { request } = message as { request: { origin: string; path: string } }
    count(new URL(String(request.origin)).host, request.path)
  }
  // What the engine is asked: its client writes a body at once.
  const asked = new Set<string>()
  const { write } = ClientRequest.prototype
  ClientRequest.prototype.write = function (this: ClientRequest, ...given: unknown[]) {
    if (this.path === "/query") {
      counted["questions to the engine"]++
      for (const [command] of String(given[0]).matchAll(/withExec \(args: \[.*?\]/g)) asked.add(command)
    }
    return Reflect.apply(write, this, given)
  } as typeof write
  diagnostics.subscribe("http.client.request.start", ofHttp)
  diagnostics.subscribe("undici:request:create", ofFetch)
  try {
    await work()
  } finally {
    diagnostics.unsubscribe("http.client.request.start", ofHttp)
    diagnostics.unsubscribe("undici:request:create", ofFetch)
    ClientRequest.prototype.write = write
  }
  counted["commands in containers, cached or not"] = asked.size
  return counted
}
