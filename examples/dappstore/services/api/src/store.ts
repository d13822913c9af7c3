// The documents in Postgres.
import { setTimeout as sleep } from "node:timers/promises"
import pg, { type PoolConfig } from "pg"
import type { Dapp } from "./dapp.ts"
import { type Log, reason } from "./log.ts"

// The lock keeps two pods that start together from creating the table at once; both statements are one transaction.
const SCHEMA = `
  SELECT pg_advisory_xact_lock(1667);
  CREATE TABLE IF NOT EXISTS dapps (
    id text PRIMARY KEY,
    document jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
  )`

// So many bytes of documents a page has at most, but for a single longer one: whoever reads it can rely on that.
const PAGE_BYTES = 4 * 1024 * 1024

export type Listed = { id: string; document: Dapp }
/** Some dApps, and the id after which the next page begins; null on the last one. */
export type Page = { dapps: Listed[]; next: string | null }

/** The document cannot be stored as it is: the caller's mistake, not the database's. */
export class UnstorableError extends Error {}

export class Store {
  readonly #pool: pg.Pool
  readonly #log: Log
  #ready = false

  constructor(config: PoolConfig, log: Log) {
    this.#pool = new pg.Pool(config)
    this.#log = log
    // Without a listener, an idle connection that breaks would end the process.
    this.#pool.on("error", (error) => log("warn", "database connection lost", { reason: reason(error) }))
  }

  /** Creates the table, trying again until it works or the signal aborts. */
  async prepare(signal: AbortSignal): Promise<void> {
    for (let delay = 500; !this.#ready && !signal.aborted; delay = Math.min(delay * 2, 5000)) {
      try {
        await this.#pool.query(SCHEMA)
        this.#ready = true
        this.#log("info", "database ready")
      } catch (error) {
        this.#log("warn", "database not ready", { reason: reason(error), retryInMs: delay })
        await sleep(delay, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** Fails unless the database answers and the table is there. */
  async check(): Promise<void> {
    await this.#pool.query("SELECT 1")
    if (!this.#ready) throw new Error("the table has not been created yet")
  }

  async get(id: string): Promise<Dapp | undefined> {
    const { rows } = await this.#pool.query<{ document: Dapp }>("SELECT document FROM dapps WHERE id = $1", [id])
    return rows[0]?.document
  }

  /** At most so many documents, ordered by id, beginning behind the id `after`; fewer where they are large. */
  async list(limit: number, after: string): Promise<Page> {
    // Byte order, so that the order is the same whatever the database's locale is. One more than asked for tells
    // whether there is a next page.
    const { rows } = await this.#pool.query<Listed & { found: number }>(
      `SELECT id, document, found::int FROM (
         SELECT id, document, count(*) OVER () AS found, row_number() OVER sofar AS place,
           sum(octet_length(document::text)) OVER sofar AS bytes
         FROM (SELECT id, document FROM dapps WHERE id COLLATE "C" > $1 ORDER BY id COLLATE "C" LIMIT $2::int + 1) AS listed
         WINDOW sofar AS (ORDER BY id COLLATE "C" ROWS UNBOUNDED PRECEDING)
       ) AS measured
       WHERE place = 1 OR (place <= $2 AND bytes <= ${PAGE_BYTES}) ORDER BY place`,
      [after, limit],
    )
    const more = (rows[0]?.found ?? 0) > rows.length
    return { dapps: rows.map(({ id, document }) => ({ id, document })), next: more ? (rows.at(-1)?.id ?? null) : null }
  }

  /** Creates or replaces a document; true when it is new. */
  async put(id: string, document: Dapp): Promise<boolean> {
    try {
      const { rows } = await this.#pool.query<{ created: boolean }>(
        `INSERT INTO dapps (id, document) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET document = excluded.document, updated_at = now()
         RETURNING xmax = 0 AS created`,
        [id, JSON.stringify(document)],
      )
      return rows[0]?.created === true
    } catch (error) {
      // Class 22, data exception: such as the character U+0000, which JSON knows and jsonb does not.
      if (error instanceof pg.DatabaseError && error.code?.startsWith("22")) throw new UnstorableError(error.message)
      throw error
    }
  }

  /** Takes a document away; false when there is none. */
  async delete(id: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query("DELETE FROM dapps WHERE id = $1", [id])
    return rowCount === 1
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }
}
