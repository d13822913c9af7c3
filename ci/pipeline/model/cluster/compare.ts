/** Where two states of a Kubernetes object differ. */

/** What the API server itself writes at every change. */
const OF_THE_SERVER = ["managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink"]

type Fields = Record<string, unknown>

/**
 * The paths of the fields that differ between two states of one object, never their values: they may be secret. Its status
 * and what the server keeps in its metadata are left out.
 *
 * @example
 * changedFields({ spec: { replicas: 0 } }, { spec: { replicas: 1 } }) // ["spec.replicas"]
 */
export function changedFields(one: object, other: object): string[] {
  return paths(bare(one as Fields), bare(other as Fields), "")
}

function bare({ status: _, metadata, ...rest }: Fields): Fields {
  const kept = Object.entries((metadata ?? {}) as Fields).filter(([key]) => !OF_THE_SERVER.includes(key))
  return { ...rest, metadata: Object.fromEntries(kept) }
}

function paths(one: unknown, other: unknown, path: string): string[] {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.flatMap((item, index) => paths(item, other[index], `${path}[${label(item, index)}]`))
  if (isMap(one) && isMap(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])]
    return keys.flatMap((key) => paths(one[key], other[key], path ? `${path}.${key}` : key))
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [path]
}

/** An item of a list by its name, where it has one. */
const label = (item: unknown, index: number) => (isMap(item) && typeof item.name === "string" ? item.name : index)

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)
