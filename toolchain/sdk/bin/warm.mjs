// Loads every file of the module once, so that Node keeps their compiled code for all starts (NODE_COMPILE_CACHE).
import { imports, sources } from "./sources.mjs"

for (const file of [...sources(), ...imports()]) await import(file)
