// From the topic to the page: registrations in oura's format, over the real validation service, Postgres and API.
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { startFrontend } from "../frontend.ts"
import { listen, type Running } from "../http.ts"
import { type Neighbours, skipRegistrations, startNeighbours, write } from "../neighbours.ts"
import { message, offChain, register, send } from "../oura.ts"

const options = { skip: skipRegistrations, timeout: 90_000 }
const documents = new Map<string, unknown>()
let neighbours: Neighbours
let web: Running
let frontend: Running
before(async () => {
  if (skipRegistrations) return
  neighbours = await startNeighbours({ kafka: true })
  frontend = await startFrontend(neighbours.apiUrl, neighbours.validationUrl)
  web = await listen(
    createServer((request, response) => {
      const document = documents.get(request.url ?? "")
      response.writeHead(document ? 200 : 404).end(JSON.stringify(document))
    }),
    neighbours.address,
  )
})
after(async () => {
  await frontend?.stop()
  await web?.stop()
  await neighbours?.stop()
})

const get = async (path: string) => {
  const response = await fetch(frontend.url + path)
  return { status: response.status, text: await response.text() }
}
const newSubject = () => randomBytes(16).toString("hex")
/** What a page says, as soon as it says it. */
async function until(path: string, wanted: RegExp): Promise<string> {
  for (;;) {
    const { status, text } = await get(path)
    assert.equal(status, 200, text)
    if (wanted.test(text)) return text
    await sleep(100)
  }
}
const put = async (registration: ReturnType<typeof register>) => {
  const { bytes, txHash } = message(registration)
  await send(neighbours.brokers, neighbours.topic, bytes)
  return txHash
}
/** Publishes a dApp's document, and returns its registration. */
function publish(name: string, subject = newSubject()) {
  const document = offChain(subject, name)
  documents.set(`/${subject}`, document)
  return register(subject, document, `${web.url}/${subject}`)
}
/** The card of a transaction on a page. */
const cardOf = (text: string, txHash: string) =>
  text
    .split("<li>\n<h")
    .slice(1)
    .find((card) => card.includes(txHash)) ?? assert.fail(`no ${txHash} in ${text}`)

test("no registration yet: the page says how one gets there", options, async () => {
  const { text } = await get(`/registrations?subject=${newSubject()}`)
  assert.match(text, /seen no registration of this subject/)
})

test("a registration on the topic becomes a dApp with a page, and is taken down again", options, async () => {
  const registration = publish("Made <b>up</b>")
  const { subject } = registration
  const txHash = await put(registration)
  const list = await until(`/registrations?subject=${subject}`, /data-status="valid"/)
  const card = cardOf(list, txHash)
  assert.match(
    card,
    new RegExp(`Registration of <a href="/dapps/${subject}"><bdi>Made &lt;b&gt;up&lt;/b&gt;</bdi></a>`),
  )
  assert.match(card, new RegExp(`<a href="${web.url}/${subject}" rel="nofollow ugc noreferrer">`))
  assert.doesNotMatch(card, /slot|undefined|null/)
  assert.ok((await get("/registrations")).text.includes(txHash))

  const { status, text } = await get(`/dapps/${subject}`)
  assert.equal(status, 200)
  assert.match(text, /<h1><bdi>Made &lt;b&gt;up/)
  assert.match(text, /<a href="https:\/\/dapp.example\/"/)
  cardOf(text, txHash)
  assert.ok((await get("/?q=made")).text.includes(`href="/dapps/${subject}"`))

  await put({ ...registration, type: { action: "DE_REGISTER", comment: "Closed." } })
  await until(`/registrations?subject=${subject}`, /De-registration of/)
  assert.equal((await get(`/dapps/${subject}`)).status, 404)
})

test("a wrong hash and a document that is away are shown with what is wrong", options, async () => {
  const wrong = publish("Wrong")
  documents.set(`/${wrong.subject}`, offChain(wrong.subject, "Changed"))
  const away = publish("Away")
  documents.delete(`/${away.subject}`)
  const bad = { ...publish("Bad"), type: {} } as ReturnType<typeof register>
  const hashes = await Promise.all([wrong, away, bad].map(put))
  const pages = await Promise.all(
    [wrong, away, bad].map(({ subject }) => until(`/registrations?subject=${subject}`, /data-status="(in|unr)/)),
  )
  const cards = pages.map((page, index) => cardOf(page, `${hashes[index]}`))
  assert.match(`${cards[0]}`, /data-status="invalid".*not the rootHash/s)
  assert.match(`${cards[1]}`, /data-status="unreachable".*404.*again about <time/s)
  assert.match(`${cards[2]}`, /data-status="invalid".*type.action must be/s)
  for (const { subject } of [wrong, away, bad]) assert.equal((await get(`/dapps/${subject}`)).status, 404)
})

test("what is no transaction is shown, too", options, async () => {
  const text = `poison ${newSubject()}`
  await send(neighbours.brokers, neighbours.topic, Buffer.from(text))
  const page = await until("/registrations", /the message cannot be read/)
  assert.match(page, /Message without a subject.*data-status="invalid".*not known: the message could not be read/s)
})

test("a dApp shows its own registrations, however many others came since", options, async () => {
  const [one, other] = [publish("One"), publish("Other")]
  const txHash = await put(one)
  const down = { ...other, type: { action: "DE_REGISTER", comment: "x" } }
  const many = Array.from({ length: 120 }, () => message(down))
  await send(neighbours.brokers, neighbours.topic, ...many.map(({ bytes }) => bytes))
  await until("/registrations", new RegExp(`${many.at(-1)?.txHash}`))
  cardOf((await get(`/dapps/${one.subject}`)).text, txHash)

  const seen: string[] = []
  let path: string | undefined = `/registrations?subject=${other.subject}`
  for (let pages = 0; path; pages++) {
    assert.ok(pages < 5)
    const { status, text } = await get(path)
    assert.equal(status, 200)
    seen.push(...[...text.matchAll(/<dd><code>(\w{64})<\/code>/g)].map(([, hash]) => `${hash}`))
    path = /<a href="([^"]+)" rel="next">/.exec(text)?.[1]?.replaceAll("&amp;", "&")
  }
  // Root hashes are there, too.
  const sent = many.map(({ txHash }) => txHash)
  assert.deepEqual(
    seen.filter((hash) => sent.includes(hash)),
    sent.reverse(),
  )
})

test("a subject that a document names is the dApp's, else its id", options, async () => {
  const registration = publish("Other id")
  const txHash = await put(registration)
  await until(`/registrations?subject=${registration.subject}`, /valid/)
  await write(neighbours.apiWriteUrl, { "my-name": { name: "Mine", subject: registration.subject.toUpperCase() } })
  cardOf((await get("/dapps/my-name")).text, txHash)
  await write(neighbours.apiWriteUrl, { "no-subject": { name: "None", subject: "../health" } })
  const { status, text } = await get("/dapps/no-subject")
  assert.equal(status, 200)
  assert.match(text, /no registration of this dApp/)
})

test("what cannot be asked for is 400", options, async () => {
  for (const query of ["subject=../x", "after=-1", "after=x"])
    assert.equal((await get(`/registrations?${query}`)).status, 400, query)
})
