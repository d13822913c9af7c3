// What is answered when database or broker fail.
import assert from "node:assert/strict"
import { test } from "node:test"
import { createMetrics } from "../../src/metrics.ts"
import { createHttp } from "../../src/server.ts"
import { listen } from "../http.ts"

test("without database and broker it lives, and says what is wrong", async () => {
  const fail = async () => {
    throw new Error("connect ECONNREFUSED")
  }
  const logged: string[] = []
  const http = await listen(
    createHttp({ check: fail, list: fail }, { joined: false }, createMetrics(), (_, message, fields) =>
      logged.push(JSON.stringify({ message, ...fields })),
    ),
  )
  const health = await fetch(`${http.url}/health`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /database: connect ECONNREFUSED; kafka: .*not joined/)
  assert.equal((await fetch(`${http.url}/live`)).status, 200)
  const list = await fetch(`${http.url}/registrations`)
  assert.equal(list.status, 503)
  assert.doesNotMatch(await list.text(), /ECONNREFUSED/)
  assert.match(logged.join(), /ECONNREFUSED/)
  await http.stop()
})
