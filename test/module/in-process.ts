// Calls functions of the module in the process of the test: the class, the engine and the sandbox of `./daggerw call`, without a
// start of the module's runtime. What a person sees of a call, and what the engine does before it, only `./daggerw` shows.
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { format } from "node:util"
import { connection, type Directory, dag } from "@dagger.io/dagger"
import { moduleInterface, type Option, type Options } from "../module-interface.js"
import { targetFunctions } from "../target-functions.js"
import { type Ended, type Place, root } from "./world.js"

const { own, functions } = moduleInterface(readFileSync(join(root, "ci/src/index.ts"), "utf8"))

type Values = Record<string, string>

// The SDK has one connection of the process, and what is printed is taken from the one console.
let busy: string | undefined

/**
 * Makes one call, in a session of its own with the engine. Calls that overlap, and functions that return no text, need `./daggerw`.
 *
 * @param args what follows `./daggerw call`
 * @param place where
 * @param otherwise values of the module's own options where `args` do not have them
 * @returns what `./daggerw call` would have printed, and how it would have ended
 */
export async function callInProcess(args: string[], place: Place, otherwise: Values): Promise<Ended> {
  if (busy)
    throw new Error(
      `\`${busy}\` is still at work in this process, perhaps longer than its test may take: calls that overlap need ./daggerw`,
    )
  const { given, name, values } = read(args)
  if (given["aws-credentials"] && !given.sandbox)
    throw new Error("--aws-credentials alone means AWS, as ./daggerw has it: name the --sandbox that is to check them")
  // As the wrapper has it: what works on no target gets none.
  const { sandbox, ...others } = otherwise
  const usual = targetFunctions.includes(name) ? { ...others, sandbox } : others
  const ended: Ended = { code: 0, stdout: "", stderr: "" }
  const { log } = console
  busy = args.join(" ")
  console.log = (...line) => {
    ended.stderr += `${format(...line)}\n`
  }
  // The session's command line: the wrapper chooses the engine.
  process.env._EXPERIMENTAL_DAGGER_CLI_BIN = join(root, "daggerw")
  try {
    await connection(
      async () => {
        const { WalletWorld } = await import("../../ci/src/index.js")
        const constructed = parameters(own, { ...usual, ...given }, place) as ConstructorParameters<typeof WalletWorld>
        const module = new WalletWorld(...constructed)
        const method = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()) as "environments"
        const work = module[method].bind(module) as (...given: unknown[]) => Promise<unknown>
        // Its error is the call's answer, and not the connection's.
        ended.stdout = await work(...parameters(functions[name], values, place)).then(textOf, (error: Error) => {
          ended.code = 1
          ended.stderr += `\n\nError: ${error.message}\n`
          return ""
        })
      },
      { Workdir: place.cwd },
    )
  } finally {
    console.log = log
    busy = undefined
  }
  return ended
}

function textOf(result: unknown): string {
  if (typeof result !== "string") throw new Error("it returns no text: such functions need ./daggerw")
  return result
}

/** Reads a command line: options of the module, the function, its options. */
function read(args: string[]): { given: Values; name: string; values: Values } {
  const read = { given: {} as Values, name: "", values: {} as Values }
  for (let index = 0; index < args.length; index++) {
    const [, option, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(args[index]) ?? []
    if (!option) {
      if (read.name || !functions[args[index]]) throw new Error(`${args.join(" ")}: ${args[index]} needs ./daggerw`)
      read.name = args[index]
      continue
    }
    const known = (read.name ? functions[read.name] : own)[option]
    if (!known) throw new Error(`${args.join(" ")}: there is no --${option}`)
    const values = read.name ? read.values : read.given
    values[option] = value ?? (known.type === "boolean" ? "true" : args[++index])
  }
  return read
}

const parameters = (options: Options, values: Values, place: Place): unknown[] =>
  Object.entries(options).map(([name, option]) => parameter(option, values[name], place))

function parameter({ type, otherwise }: Option, value: string | undefined, { cwd, env }: Place): unknown {
  if (value === undefined) return otherwise && directory(join(root, otherwise.path), otherwise.exclude)
  switch (type) {
    case "Directory":
      return directory(resolve(cwd, value))
    case "Secret": {
      const variable = value.replace(/^env:\/\//, "")
      if (variable === value) throw new Error(`${value}: only env:// is read in this process`)
      return dag.setSecret(variable, env[variable] ?? "")
    }
    case "number":
      return Number(value)
    case "boolean":
      return value === "true"
    default:
      return value
  }
}

const directory = (path: string, exclude: string[] = []): Directory => dag.host().directory(path, { exclude })
