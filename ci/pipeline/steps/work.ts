// The one interface of what carries out a step, whatever its kind.

/** What carrying out a step would do. */
export interface Change {
  action: "create" | "update" | "unchanged"
  /** One line that says why, for people. */
  why: string
}

/** What the result says of a step. */
export interface Shown {
  /** A digest or a version. */
  version: string
  /** What else was done, for people: it stands below the result's table. */
  note?: string
}

/** A part of a deployment that can be looked at, planned, carried out and taken away. */
export interface Work<Found = unknown> {
  readonly id: string

  /** Looks at what is there. Has no effect. */
  inspect(): Promise<Found>

  /** Says what `apply` would do with what was found. */
  plan(found: Found): Change

  /** Brings about what the files say; can be run again after it was killed anywhere. Returns what is there then. */
  apply(found: Found): Promise<Found>

  /** Keeps what the step yields, of what is there, for the steps that need it; returns what the result says of it. */
  keep(found: Found): Shown

  /**
   * Takes away what the step made for this stage alone; what others share stays. Returns what else had to be done, for
   * people: it stands below the result's table.
   */
  destroy(): Promise<string[]>
}
