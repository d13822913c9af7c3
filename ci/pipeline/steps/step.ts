// The one interface of all kinds of step.
import type { Json } from "../model/index.js"

/** What carrying out a step would do. */
export interface Change {
  action: "create" | "update" | "unchanged"
  /** One line that says why, for people. */
  why: string
}

/** What a step yields to the steps that need it, and to the result's table. */
export interface Yield {
  /** A digest or a version. */
  version: string
  /** Values that `${infra.…}` and `${images.…}` refer to; none of them is secret. */
  values: Record<string, Json>
  /** What else was done, for people: it stands below the result's table. */
  note?: string
}

/** A part of a deployment that can be looked at, planned, carried out and taken away. */
export interface Step<Found = unknown> {
  readonly id: string

  /** Looks at what is there. Has no effect. */
  inspect(): Promise<Found>

  /** Says what `apply` would do with what was found. */
  plan(found: Found): Change

  /** Brings about what the environment says; can be run again after it was killed anywhere. Returns what is there then. */
  apply(found: Found): Promise<Found>

  /** What the step yields, of what is there. */
  outputs(found: Found): Yield

  /**
   * Takes away what the step made for this environment alone; what others share stays. Returns what else had to be done, for
   * people: it stands below the result's table.
   */
  destroy(): Promise<string[]>
}
