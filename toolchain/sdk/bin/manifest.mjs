// Makes the module's files ES modules, as the official runtime does.
import { existsSync, readFileSync, writeFileSync } from "node:fs"

const manifest = existsSync("package.json") ? JSON.parse(readFileSync("package.json", "utf8")) : {}
writeFileSync("package.json", JSON.stringify({ ...manifest, type: "module" }))
