// Measures what people wait for, prints a table and writes .bench/<time>.json.
//   npm run bench                        calls, sandbox, deploy, again (nothing to do, beside plain Helm; with counts)
//   npm run bench -- calls               only these parts, of: calls, sandbox, deploy, again, engines (a second
//                                        engine beside the first), cold (builds a whole toolchain)
//   npm run bench -- --runs=9 --reset    runs of each cheap measurement (5); may end a kept sandbox that runs
import { cpus, loadavg, totalmem } from "node:os"
import { fs, minimist, path } from "zx"
import { engines } from "./engines.mjs"
import { checkout, print, root } from "./measure.mjs"
import { again, calls, cold, deploy, refuseToEndSandbox, sandbox } from "./parts.mjs"

const argv = minimist(process.argv.slice(2), { boolean: ["reset"] })
const parts = { calls, sandbox, deploy, again, engines, cold }
const wanted = argv._.length > 0 ? argv._ : ["calls", "sandbox", "deploy", "again"]
const unknown = wanted.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`bench: there is no part ${unknown.join(", ")}: there are ${Object.keys(parts).join(", ")}`)
  process.exit(2)
}
const needsFreshSandbox = wanted.includes("sandbox") || wanted.includes("deploy")
if (needsFreshSandbox && !argv.reset) await refuseToEndSandbox()

const started = new Date()
const loadBefore = loadavg()
const rows = []
for (const [name, part] of Object.entries(parts)) {
  if (wanted.includes(name)) rows.push(...(await part({ runs: Number(argv.runs ?? 5) })))
}

print(rows)
const machine = { cpus: cpus().length, memoryGib: Math.round(totalmem() / 2 ** 30), load: loadavg(), loadBefore }
const file = path.join(root, ".bench", `${started.toISOString().replaceAll(":", "-")}.json`)
await fs.outputJson(file, { started, machine, ...(await checkout()), measurements: rows }, { spaces: 2 })
console.log(`\n${file}`)
