/** What an environment says about itself, and where it is. */

/** What an environment says about itself: the values of ${environment.X}. */
export interface Facts {
  readonly name: string
  /** Services are at <service>.<host>. */
  readonly host: string
  readonly account: string
  readonly region: string
  readonly domain: string
  readonly cluster: string
  readonly network?: string
  readonly tier: string
}

/** Where an environment is, as far as its files say. */
export type Place = Partial<Pick<Facts, "account" | "region" | "cluster">>
