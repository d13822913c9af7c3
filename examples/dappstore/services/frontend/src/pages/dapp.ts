// One dApp: all that its document says, and its registrations.
import type { Dapp } from "../dapps.ts"
import { type Content, type Html, html } from "../html.ts"
import { type Page, subjectOf } from "../registrations.ts"
import { address, layout } from "./layout.ts"
import { noValidation, registrationList } from "./registrations.ts"

/** The registrations are a text where they could not be had. */
export function dappPage(dapp: Dapp, registrations: Page | string | undefined): string {
  const { id, document } = dapp
  const { name, ...rest } = document
  return layout({
    title: name,
    body: html`<h1><bdi>${name}</bdi></h1>
${fieldList([["id", id], ...Object.entries(rest).filter(([field, value]) => !repeats(field, value, dapp))], LEVELS)}
<h2 id="registrations">Registrations on the chain</h2>
${checked(registrations, subjectOf(dapp))}`,
  })
}

/** Fields of CIP-72 that the store has under names of its own, too. */
function repeats(field: string, value: unknown, { id, document }: Dapp): boolean {
  const own: Record<string, unknown> = { projectName: document.name, link: document.url, subject: id }
  return Object.hasOwn(own, field) && own[field] === value
}

function checked(registrations: Page | string | undefined, subject: string | undefined): Html {
  if (registrations === undefined) return noValidation
  if (typeof registrations === "string") return html`<p role="status">${registrations}</p>`
  if (registrations.registrations.length === 0)
    return html`<p>The store has seen no registration of this dApp: it was written into the store without one.</p>`
  return html`${registrationList(registrations, "h3")}
${registrations.next && subject && html`<p><a href="/registrations?subject=${subject}">All its registrations</a></p>`}`
}

/** So many levels of a document are laid out; what is deeper is shown as JSON. */
const LEVELS = 3

/** A field of a document, which may be any JSON. */
function shown(value: unknown, levels = LEVELS): Content {
  if (typeof value === "string") return html`<bdi>${address(value)}</bdi>`
  if (typeof value !== "object" || value === null) return String(value)
  if (levels === 0) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
  if (!Array.isArray(value)) return fieldList(Object.entries(value), levels - 1)
  if (value.length === 0) return "none"
  return html`<ul>${value.map((item) => html`<li>${shown(item, levels - 1)}</li>`)}</ul>`
}

function fieldList(fields: [name: string, value: unknown][], levels: number): Html {
  return html`<dl>${fields.map(
    ([name, value]) => html`
<dt><bdi>${name}</bdi></dt><dd>${shown(value, levels)}</dd>`,
  )}
</dl>`
}
