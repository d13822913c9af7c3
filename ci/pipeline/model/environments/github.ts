/** Repositories on GitHub: how they are named, and what this one's workflows are given. */
import { z } from "zod"
import type { Problem } from "../text/problems.js"
import { type Json, type MapTree, positionAt, toJson, treeAt } from "../text/tree.js"
import type { Place } from "./place.js"

const id = z.string().regex(/^\d+$/, "must be digits in quotes")

/** What names a repository, here and among the tenants. */
export const githubShape = {
  repository: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/, "must be a GitHub repository as OWNER/NAME")
    .describe("The GitHub repository whose workflows get in, as OWNER/NAME"),
  ownerId: id
    .optional()
    .describe("GitHub's id of the owner; repositories made since July 2026 name it in their tokens"),
  repositoryId: id.optional().describe("GitHub's id of the repository; given together with ownerId"),
}

export const githubSchema = z.strictObject(githubShape)

export type GithubRepository = z.infer<typeof githubSchema>

/** Whether a repository only stands for one that is not chosen yet: no account of GitHub has two hyphens in a row. */
export const isPlaceholder = (repository: string): boolean => repository.split("/")[0].includes("--")

/** The roles of this repository's workflows, as the module access names them. */
export const workflowRoles = { deploy: "wallet-world-deploy", plan: "wallet-world-plan" } as const

/** The roles of a tenant's workflows, as the module access names them. */
export const tenantRoles = (tenant: string) => ({
  deploy: `wallet-world-tenant-${tenant}`,
  plan: `wallet-world-tenant-${tenant}-plan`,
})

/** The ARN of a role. */
export const roleArn = (account: string, role: string) => `arn:aws:iam::${account}:role/${role}`

/** What modules of OpenTofu are told of a repository. */
export const moduleInputs = ({ repository, ownerId, repositoryId }: GithubRepository): Record<string, string> => ({
  repository,
  ...(ownerId && repositoryId && { owner_id: ownerId, repository_id: repositoryId }),
})

/**
 * What is wrong with the ids of a repository.
 *
 * @param path where the repository stands in the tree
 */
export function checkIds(
  tree: MapTree,
  path: readonly string[],
  { ownerId, repositoryId }: GithubRepository,
): Problem[] {
  if ((ownerId === undefined) === (repositoryId === undefined)) return []
  const message = `${path.join(".")} has one of ownerId and repositoryId`
  return [{ at: positionAt(tree, path), message, hint: "tokens name both: give both, or none" }]
}

/** What is wrong with the repository of these files, apart from its shape. */
export function checkGithub(tree: MapTree): Problem[] {
  const found = repositoryOf(tree)
  return found ? checkIds(tree, ["github"], found) : []
}

/** Whether this repository is named: its workflows get roles then. */
export function workflowsHaveRoles(tree: MapTree): boolean {
  const found = repositoryOf(tree)
  return found !== undefined && !isPlaceholder(found.repository)
}

/**
 * The inputs of unit `access` for this repository's own workflows: the repository, and the environments in a place's account
 * and region. Nothing as long as the repository is a placeholder.
 *
 * @param environments the names of all environments
 * @param placeOf where each of them is
 */
export function workflowAccess(
  tree: MapTree,
  here: Place,
  environments: readonly string[],
  placeOf: (environment: string) => Place,
): Json {
  const found = repositoryOf(tree)
  if (!found || isPlaceholder(found.repository)) return {}
  const near = environments.filter((name) => {
    const { account, region } = placeOf(name)
    return account === here.account && region === here.region
  })
  return { ...moduleInputs(found), environments: near }
}

/** The repository; undefined if it has not the schema's shape, which is reported with it. */
function repositoryOf(tree: MapTree): GithubRepository | undefined {
  const found = treeAt(tree, ["github"])
  const shaped = githubSchema.safeParse(found && toJson(found))
  return shaped.success ? shaped.data : undefined
}
