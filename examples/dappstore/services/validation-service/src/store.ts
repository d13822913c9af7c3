// The registrations in Postgres, and the API's documents that follow from them.
import { setTimeout as sleep } from "node:timers/promises"
import pg, { type PoolConfig } from "pg"
import type { Verdict } from "./check.ts"
import type { Claim } from "./cip72.ts"
import { dappOf, type Json } from "./dapp.ts"
import { type Log, reason } from "./log.ts"

// The lock, which the API takes too, keeps pods that start together from creating a table at once; all is one
// transaction. The table dapps is the API's, word for word.
const SCHEMA = `
  SELECT pg_advisory_xact_lock(1667);
  CREATE TABLE IF NOT EXISTS dapps (
    id text PRIMARY KEY,
    document jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS registrations (
    id bigint GENERATED ALWAYS AS IDENTITY,
    key text PRIMARY KEY,
    tx_hash text,
    slot bigint,
    subject text,
    action text,
    root_hash text,
    urls text[] NOT NULL,
    url text,
    status text NOT NULL CHECK (status IN ('valid', 'invalid', 'unreachable')),
    reasons text[] NOT NULL,
    document jsonb,
    attempts integer NOT NULL DEFAULT 1,
    next_attempt_at timestamptz,
    checked_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX IF NOT EXISTS registrations_id ON registrations (id);
  CREATE INDEX IF NOT EXISTS registrations_subject ON registrations (subject);
  CREATE INDEX IF NOT EXISTS registrations_due ON registrations (next_attempt_at) WHERE next_attempt_at IS NOT NULL`

// So long a pod may be busy with an attempt before another one makes it.
const LEASE = "5 minutes"

export type Entry = { key: string; txHash?: string; slot?: number; claim: Partial<Claim>; verdict: Verdict }
/** `after` is the `next` of the page before; `subject` leaves out all others. */
export type Wanted = { limit: number; after?: string; subject?: string }
/** Newest first; `next` is null on the last page. */
export type Page = { registrations: Json[]; next: string | null }
export type Due = { key: string; attempts: number; claim: Claim }

/** The verdict cannot be stored as it is: the document's fault, not the database's. */
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

  /** Creates the tables, trying again until it works or the signal aborts. */
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

  /** Fails unless the database answers and the tables are there. */
  async check(): Promise<void> {
    await this.#pool.query("SELECT 1")
    if (!this.#ready) throw new Error("the tables have not been created yet")
  }

  async has(key: string): Promise<boolean> {
    const { rowCount } = await this.#pool.query("SELECT 1 FROM registrations WHERE key = $1", [key])
    return rowCount === 1
  }

  /** Records a registration, and what follows for its dApp; false when it was recorded before. */
  async record({ key, txHash, slot, claim, verdict }: Entry, retryMs?: number): Promise<boolean> {
    return await this.#transaction(claim.subject, async (client) => {
      const { rowCount } = await client.query(
        `INSERT INTO registrations
           (key, tx_hash, slot, subject, action, root_hash, urls, url, status, reasons, document, next_attempt_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now() + $12 * interval '1 ms')
         ON CONFLICT (key) DO NOTHING`,
        [
          key,
          txHash,
          slot,
          claim.subject,
          claim.action,
          claim.rootHash,
          clean(claim.urls),
          ...columns(verdict, retryMs),
        ],
      )
      if (rowCount === 1 && verdict.status === "valid") await settle(client, claim.subject)
      return rowCount === 1
    })
  }

  /** Takes a rolled back registration away; the one before it counts again. */
  async undo(key: string): Promise<void> {
    const { rows } = await this.#pool.query("SELECT subject FROM registrations WHERE key = $1", [key])
    await this.#transaction(rows[0]?.subject, async (client) => {
      const deleted = await client.query("DELETE FROM registrations WHERE key = $1 RETURNING subject, status", [key])
      for (const { subject, status } of deleted.rows) if (status === "valid") await settle(client, subject)
    })
  }

  /** The registration whose next attempt is due first; for a while, nobody else gets it. */
  async due(): Promise<Due | undefined> {
    const { rows } = await this.#pool.query(
      `UPDATE registrations SET next_attempt_at = now() + interval '${LEASE}'
       WHERE key = (SELECT key FROM registrations WHERE next_attempt_at <= now()
                    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING key, attempts, subject, action, root_hash AS "rootHash", urls`,
    )
    if (!rows[0]) return undefined
    const { key, attempts, ...claim } = rows[0]
    return { key, attempts, claim }
  }

  /** The result of a further attempt. */
  async retried({ key, claim }: Due, verdict: Verdict, retryMs?: number): Promise<void> {
    await this.#transaction(claim.subject, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE registrations SET url = $2, status = $3, reasons = $4, document = $5,
           next_attempt_at = now() + $6 * interval '1 ms', attempts = attempts + 1, checked_at = now()
         WHERE key = $1 AND status = 'unreachable'`,
        [key, ...columns(verdict, retryMs)],
      )
      if (rowCount === 1 && verdict.status === "valid") await settle(client, claim.subject)
    })
  }

  /** The newest registrations, or those that are older than the one that `after` names; their documents give the name. */
  async list({ limit, after, subject }: Wanted): Promise<Page> {
    // One more than asked for tells whether there is a next page.
    const { rows } = await this.#pool.query<Json & { id: string }>(
      `SELECT id::text AS id, tx_hash AS "txHash", slot::float8 AS slot, subject, document->>'projectName' AS name, action,
         root_hash AS "rootHash", url, status, reasons, attempts, next_attempt_at AS "nextAttemptAt",
         checked_at AS "checkedAt"
       FROM registrations WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR subject = $2)
       ORDER BY registrations.id DESC LIMIT $3::int + 1`,
      [after, subject?.toLowerCase(), limit],
    )
    const shown = rows.slice(0, limit)
    return {
      registrations: shown.map(({ id: _, ...registration }) => registration),
      next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null,
    }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #transaction<T>(subject: string | undefined, run: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let failed = true
    try {
      await client.query("BEGIN")
      // Two pods that settle the same subject at once would each miss the other's registration.
      if (subject) await client.query("SELECT pg_advisory_xact_lock(1667, hashtext($1))", [subject])
      const result = await run(client)
      await client.query("COMMIT")
      failed = false
      return result
    } catch (error) {
      // Classes 22 and 54, data exception and limit: such as the character U+0000, which JSON knows and jsonb does not.
      if (error instanceof pg.DatabaseError && /^(22|54)/.test(error.code ?? ""))
        throw new UnstorableError(error.message)
      throw error
    } finally {
      // The connection of a failed transaction is closed: nothing is known of its state.
      client.release(failed)
    }
  }
}

/** The subject's last valid registration decides: by slot where it is known, else in the order of the topic. */
async function settle(client: pg.PoolClient, subject: string | undefined): Promise<void> {
  const { rows } = await client.query<{ action: string; document: Json }>(
    `SELECT action, document FROM registrations WHERE subject = $1 AND status = 'valid'
     ORDER BY coalesce(slot, 0) DESC, id DESC LIMIT 1`,
    [subject],
  )
  if (rows[0]?.action === "REGISTER")
    await client.query(
      `INSERT INTO dapps (id, document) VALUES ($1, $2)
       ON CONFLICT (id) DO UPDATE SET document = excluded.document, updated_at = now()`,
      [subject, JSON.stringify(dappOf(rows[0].document))],
    )
  else await client.query("DELETE FROM dapps WHERE id = $1", [subject])
}

function columns({ url, status, reasons, document }: Verdict, retryMs: number | undefined) {
  return [url && clean([url])[0], status, clean(reasons), document && JSON.stringify(document), retryMs]
}

/** Postgres' text has no U+0000. */
function clean(texts: string[] = []): string[] {
  return texts.map((text) => text.replaceAll("\0", "\ufffd").toWellFormed())
}
