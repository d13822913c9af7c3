// The store on a real Postgres.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Store, UnstorableError } from "../../src/store.ts"
import { startApi } from "../api.ts"
import { put } from "../http.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"

const quiet = () => {}
const never = new AbortController().signal
let postgres: Postgres

before(async () => {
  postgres = await startPostgres()
})
after(() => postgres?.stop())

test("several pods may create the table at once, and again", async () => {
  const stores = Array.from({ length: 4 }, () => new Store(postgres.config, quiet))
  await Promise.all(stores.map((store) => store.prepare(never)))
  await Promise.all(stores.map((store) => store.check()))
  await Promise.all(stores.map((store) => store.close()))
})

test("a document survives the process that wrote it", async () => {
  const document = { name: "Random", value: `${Math.random()}`, nested: { list: [1, null, "ü"] } }
  const writer = new Store(postgres.config, quiet)
  await writer.prepare(never)
  assert.equal(await writer.put("random", document), true)
  assert.equal(await writer.put("random", document), false)
  await writer.close()
  const reader = new Store(postgres.config, quiet)
  assert.deepEqual(await reader.get("random"), document)
  assert.equal(await reader.get("absent"), undefined)
  await reader.close()
})

test("documents are listed by id, in byte order, from behind another", async () => {
  const store = new Store(postgres.config, quiet)
  await store.prepare(never)
  for (const id of ["list-b", "list-10", "list-a", "list1"]) await store.put(id, { name: id })
  const ids = async (limit: number, after: string) => (await store.list(limit, after)).dapps.map(({ id }) => id)
  assert.deepEqual(await ids(4, "list"), ["list-10", "list-a", "list-b", "list1"])
  assert.deepEqual(await ids(2, "list-10"), ["list-a", "list-b"])
  assert.deepEqual((await store.list(1, "list-a")).dapps[0], { id: "list-b", document: { name: "list-b" } })
  assert.equal((await ids(1, "")).length, 1)
  await store.close()
})

test("what jsonb cannot hold is refused as such", async () => {
  const store = new Store(postgres.config, quiet)
  await store.prepare(never)
  await assert.rejects(store.put("null", { name: "\u0000" }), UnstorableError)
  await store.close()
})

test("it becomes healthy when the database does, without a restart", async (context) => {
  await withClient(postgres.config, (client) => client.query("DROP TABLE IF EXISTS dapps"))
  const user = "late"
  const lines: string[] = []
  const store = new Store({ ...postgres.config, user }, (_, message, fields) =>
    lines.push(`${message} ${fields?.reason}`),
  )
  const api = await startApi(store)
  // Also where it fails: what listens keeps the process.
  context.after(async () => {
    await api.stop()
    await store.close()
  })
  const prepared = store.prepare(never)
  const before = await fetch(`${api.url}/health`)
  assert.equal(before.status, 503)
  assert.match(await before.text(), /role \\"late\\" does not exist|password authentication failed/)
  // However long its first try takes, it must come before the database is ready.
  while (lines.length === 0) await sleep(20)
  await withClient(postgres.config, (client) =>
    // No superuser, as nobody is one on RDS.
    client.query(`
      CREATE ROLE ${user} LOGIN PASSWORD '${postgres.config.password}';
      GRANT CREATE ON SCHEMA public TO ${user};
      GRANT ${user} TO CURRENT_USER`),
  )
  await prepared
  assert.equal((await fetch(`${api.url}/health`)).status, 200)
  assert.match(lines[0] ?? "", /database not ready/)
  assert.equal((await put(`${api.writeUrl}/dapps/x`, { name: "x" })).status, 201)
  await withClient(postgres.config, (client) => client.query(`DROP OWNED BY ${user}; DROP ROLE ${user}`))
})
