// Calls one function of the module, as the SDK's own entry point does. That one loads the compiler and reads the types at each
// start; here they were read when the module changed.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { home, sources } from "./sources.mjs"

const sdk = await import(join(home, "node_modules/@dagger.io/dagger/core.js"))
const { connection, dag } = sdk

let code = 0
await connection(
  async () => {
    const asked = "{ currentFunctionCall { name parentName parent inputArgs { name value } } }"
    const { currentFunctionCall: called } = await dag.getGQLClient().request(asked)
    try {
      const result = await resultOf(called)
      await dag.currentFunctionCall().returnValue(JSON.stringify(result ?? null))
    } catch (error) {
      await dag.currentFunctionCall().returnError(told(error))
      code = 1
    }
  },
  { LogOutput: process.stdout },
)
// What the module left open, such as connections, does not keep the call.
process.exit(code)

async function resultOf({ name, parentName, parent, inputArgs }) {
  const types = readTypes()
  const executor = new sdk.Executor(await Promise.all(sources().map((file) => import(file))), types)
  const fnArgs = Object.fromEntries(inputArgs.map(({ name, value }) => [name, JSON.parse(value)]))
  return sdk.invoke(executor, types, { parentName, fnName: name, parentArgs: JSON.parse(parent) ?? {}, fnArgs })
}

/** The module's types, as objects of the SDK's classes. */
function readTypes() {
  const as = (type, fields) => Object.assign(Object.create(type.prototype), fields)
  const each = (values, change) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))
  const types = JSON.parse(readFileSync("/opt/sdk/types.json", "utf8"))
  const object = ({ constructor, ...fields }) =>
    fields.methods
      ? as(sdk.DaggerObject, {
          ...fields,
          _constructor: constructor && as(sdk.DaggerConstructor, { name: "", ...constructor }),
          methods: each(fields.methods, (method) => as(sdk.DaggerFunction, method)),
        })
      : as(sdk.DaggerTypeObject, fields)
  return { ...types, objects: each(types.objects, object), enums: each(types.enums, (one) => as(sdk.DaggerEnum, one)) }
}

/** An error with what the engine said about a command or a request that failed. */
function told(error) {
  const message = error instanceof Error ? error.message : String(error)
  const more = Object.entries(error?.extensions ?? {}).filter(([, value]) => value)
  return more.reduce((to, [key, value]) => to.withValue(key, JSON.stringify(value)), dag.error(message))
}
