// The units of a stage: one Terragrunt stack, applied when its inputs, its modules or its state have changed.
import type { Directory } from "@dagger.io/dagger"
import {
  digest,
  type Json,
  outputsTaken,
  ownerText,
  resolveAll,
  type Scope,
  type Stage,
  stageIn,
  unitsPath,
} from "../model/index.js"
import { Documents } from "../tools/s3.js"
import { statePassphrase } from "../tools/state-key.js"
import { type Stack, Terragrunt, unitsDigest } from "../tools/terragrunt.js"
import type { Deployment } from "./deployment.js"
import type { Work } from "./work.js"

type Outputs = Record<string, Json>

/** What the last apply of a stack left behind; it lies beside the states. */
interface Record_ {
  /** Digest of the inputs and of the files of the units. */
  made: string
  /** ETag of each unit's state: it changes with every write of the state. */
  states: Record<string, string>
  outputs: Outputs
  /** Inputs of the units that were applied and not destroyed since, those that are no longer named with them. */
  units?: Record<string, unknown>
}

interface Found {
  made: string
  record?: Record_
  why?: string
  /** Units that were applied and are no longer named: a database is not deleted because a line has left a file. */
  unnamed?: string[]
}

/**
 * What brings about the units of one stage. Whoever applies or destroys them holds the lease of its owner.
 *
 * @param id the step's name in the graph
 * @param stage the stage: the deployed one, one that it stands on, or another environment's
 * @param deployment the deployment that it belongs to
 */
export function infrastructureWork(id: string, stage: Stage, deployment: Deployment): Work<Found> {
  const { sources } = deployment
  const documents = Documents.in(deployment.place)

  return {
    id,
    async inspect() {
      const stack = await stackOf(stage, deployment)
      const made = await digestOfStack(stack, sources.terragrunt)
      const document = await documents.read(`${prefix(stack)}/record.json`)
      if (!document) return { made, why: "never applied" }
      const record: Record_ = JSON.parse(document.text)
      const unnamed = Object.keys(record.units ?? {}).filter((unit) => !(unit in stack.units))
      if (record.made !== made) return { made, record, unnamed, why: "inputs or modules changed" }
      const states = await statesOf(documents, stack)
      const written = Object.keys(record.states).filter((unit) => record.states[unit] !== states[unit])
      return { made, record, unnamed, why: written.length > 0 ? `state of ${written.join(", ")} changed` : undefined }
    },
    plan({ record, why, unnamed = [] }) {
      const left = unnamed.length > 0 ? `; left as it is, though no longer named: ${unnamed.join(", ")}` : ""
      if (!why) return { action: "unchanged", why: `inputs, modules and state${left}` }
      return { action: record ? "update" : "create", why: `${why}${left}` }
    },
    async apply({ made }) {
      const stack = await stackOf(stage, deployment)
      const document = await documents.read(`${prefix(stack)}/record.json`)
      const before: Partial<Record_> = document ? JSON.parse(document.text) : {}
      await unlock(documents, stack)
      const tool = await openStack(stage, deployment)
      await deployment.mayChange(stage)
      const outputs = await tool.apply()
      const states = await statesOf(documents, stack)
      const record: Record_ = { made, states, outputs, units: { ...before.units, ...stack.units } }
      await deployment.mayChange(stage)
      await documents.write(`${prefix(stack)}/record.json`, JSON.stringify(record))
      return { made, record }
    },
    keep({ made, record }) {
      const version = made.slice(0, 12)
      deployment.yields.infrastructure[id.replace("infra:", "")] = { made: version, outputs: record?.outputs ?? {} }
      return { version }
    },
    async destroy() {
      const stack = await stackOf(stage, deployment)
      const document = await documents.read(`${prefix(stack)}/record.json`)
      const { units, states: ended = {} }: Partial<Record_> = document ? JSON.parse(document.text) : {}
      const all = { ...stack, units: { ...units, ...stack.units } }
      const states = await statesOf(documents, all)
      await unlock(documents, all)
      const tool = await open(all, deployment)
      await deployment.mayChange(stage)
      await tool.destroy()
      await deployment.mayChange(stage)
      await documents.remove(`${prefix(stack)}/record.json`)
      const cut = Object.keys(states).filter((unit) => states[unit] && states[unit] !== ended[unit])
      return cut.length > 0 ? [unrecorded(cut, stack)] : []
    },
  }
}

async function stackOf(stage: Stage, deployment: Deployment): Promise<Stack> {
  const { scope, account, region, cluster, name } = stage
  return {
    scope,
    account,
    region,
    cluster: scope === "account" ? "_" : cluster,
    environment: scope === "environment" ? name : "_",
    units: resolveAll(stage, unitsPath(scope), deployment.lookup(stage)) as Record<string, unknown>,
    outputs: outputsAbove(scope, deployment),
  }
}

/** What a scope's units take of the outputs of wider scopes, and nothing else: whatever a stack is given is a reason to apply it. */
function outputsAbove(scope: Scope, deployment: Deployment): Record<string, unknown> {
  const { account, cluster } = deployment.yields.infrastructure
  const above: Record<string, unknown> = { ...account?.outputs, ...cluster?.outputs }
  const taken = Object.entries(outputsTaken(scope)).map(([unit, names]) => {
    const outputs = (above[unit] ?? {}) as Record<string, unknown>
    return [unit, Object.fromEntries(names.filter((name) => name in outputs).map((name) => [name, outputs[name]]))]
  })
  return Object.fromEntries(taken)
}

async function digestOfStack(stack: Stack, terragrunt: Directory): Promise<string> {
  const modules = await unitsDigest(terragrunt, stack.scope, Object.keys(stack.units))
  return digest({ stack, modules }).replace("sha256:", "")
}

/** Where everything of a stack lies in the state bucket. */
const prefix = ({ account, region, cluster, environment }: Stack) => [account, region, cluster, environment].join("/")
const stateKey = (stack: Stack, unit: string) => `${prefix(stack)}/${unit}/tofu.tfstate`

/** OpenTofu's locks of a run that was killed: whoever holds the owner's lease knows that nobody else is at work. */
async function unlock(documents: Documents, stack: Stack): Promise<void> {
  await Promise.all(Object.keys(stack.units).map((unit) => documents.remove(`${stateKey(stack, unit)}.tflock`)))
}

/** What is said where a run has written states and no record: what it made last may be in none of them. */
const unrecorded = (units: string[], { cluster, environment }: Stack) =>
  `the last apply of ${units.join(", ")} failed or was killed. What a killed one was making may still be in AWS, with the tags ` +
  `wallet-world/cluster=${cluster} and wallet-world/environment=${environment}: look for it, and delete it`

/** The ETag of each unit's state. */
async function statesOf(documents: Documents, stack: Stack): Promise<Record<string, string>> {
  const units = Object.keys(stack.units)
  const etags = await Promise.all(units.map((unit) => documents.etag(stateKey(stack, unit))))
  return Object.fromEntries(units.map((unit, index) => [unit, etags[index] ?? ""]))
}

/**
 * What an apply of a stage's units would change: a line for each resource. The steps that it needs must have yielded.
 *
 * @param stage whose units
 * @param deployment the deployment
 */
export async function infrastructureChanges(stage: Stage, deployment: Deployment): Promise<string[]> {
  const tool = await openStack(stage, deployment)
  // OpenTofu heads each change with a comment: # aws_s3_bucket.state will be created
  return [...(await tool.plan()).matchAll(/# (\S+ (?:will|must) be .+)/g)].map(([, change]) => change)
}

/**
 * What an apply of one scope would change, in OpenTofu's words. The steps that it needs must have yielded.
 *
 * @param scope the scope
 * @param deployment the deployment
 */
export async function planInfrastructure(scope: Scope, deployment: Deployment): Promise<string> {
  return (await openStack(stageOf(scope, deployment), deployment)).plan()
}

/**
 * The addresses of the resources in the states of one scope, by unit.
 *
 * @param scope the scope
 * @param deployment the deployment
 */
export async function infrastructureState(scope: Scope, deployment: Deployment): Promise<string> {
  return (await openStack(stageOf(scope, deployment), deployment)).resources()
}

/** The stage of a scope that the deployed one stands on, or is. */
function stageOf(scope: Scope, { stage }: Deployment): Stage {
  const found = stageIn(stage, scope)
  if (!found) throw new Error(`${ownerText(stage)} has no infrastructure of the scope ${scope}`)
  return found
}

async function openStack(stage: Stage, deployment: Deployment): Promise<Terragrunt> {
  return open(await stackOf(stage, deployment), deployment)
}

async function open(stack: Stack, { place, sources }: Deployment): Promise<Terragrunt> {
  return Terragrunt.open(place, sources, stack, await statePassphrase(place))
}
