/** Which files there may be below environments/, and what each layer may say. */
import type { Problem } from "../text/problems.js"
import { type MapTree, treeAt } from "../text/tree.js"
import { SELECTORS } from "./schema.js"

export const DEFAULTS = "_defaults.yaml"
export const IMAGES = "images.yaml"

const DIRECTORIES = Object.values(SELECTORS)
const CLUSTERS = `${SELECTORS.cluster}/`

/** Files whose names would never be read, mostly misspelt ones. */
export function checkNames(paths: Iterable<string>): Problem[] {
  return [...paths].flatMap((path): Problem[] => {
    const at = { file: path, line: 1, column: 1 }
    if (path.split("/").some((part) => part.startsWith("."))) return [] // hidden: editors and other systems leave them
    if (/\.(yml|yaml)$/i.test(path) && !path.endsWith(".yaml"))
      return [{ at, message: "this file is never read", hint: "name it .yaml" }]
    if (!path.endsWith(".yaml") || path === DEFAULTS) return []
    const directory = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ""
    const layer = (DIRECTORIES as string[]).includes(directory)
    if (layer || (directory === "" && !path.startsWith("_"))) return []
    return [
      {
        at,
        message: "this file is never read",
        hint: `layers are ${[DEFAULTS, ...DIRECTORIES.map((name) => `${name}/*.yaml`)].join(", ")}`,
      },
    ]
  })
}

/**
 * What the scopes share can only be said where all that share it read it: otherwise two environments would undo
 * each other's changes.
 */
const SHARED: readonly { path: readonly string[]; allowed: (file: string) => boolean; where: string }[] = [
  ...["account", "region", "domain", "platform", "chartRepository"].map((key) => ({
    path: [key],
    allowed: isWide,
    where: `${DEFAULTS} or ${CLUSTERS}`,
  })),
  ...[["github"], ["tenants"], ["infrastructure", "account"]].map((path) => ({
    path,
    allowed: (file: string) => file === DEFAULTS,
    where: DEFAULTS,
  })),
  ...[["infrastructure", "cluster"], ["clusterReleases"]].map((path) => ({
    path,
    allowed: isWide,
    where: `${DEFAULTS} or ${CLUSTERS}`,
  })),
]

function isWide(file: string): boolean {
  return file === DEFAULTS || file.startsWith(CLUSTERS)
}

/** Values that stand in a file in which they must not. */
export function checkLayer(file: string, tree: MapTree): Problem[] {
  if (file === IMAGES) return []
  const shared = SHARED.filter(({ allowed }) => !allowed(file)).flatMap(({ path, where }): Problem[] => {
    const found = treeAt(tree, path)
    return found
      ? [
          {
            at: found.at,
            message: `${path.join(".")} cannot be set here: it is shared by several environments`,
            hint: `set it in ${where}`,
          },
        ]
      : []
  })
  const isLayer = file.startsWith("_")
  const selectors = Object.keys(SELECTORS).flatMap((key): Problem[] => {
    const found = isLayer ? treeAt(tree, [key]) : undefined
    return found
      ? [
          {
            at: found.at,
            message: `${key} cannot be set in a layer: it selects the layers`,
            hint: "set it in each environment's own file",
          },
        ]
      : []
  })
  return [...shared, ...selectors]
}
