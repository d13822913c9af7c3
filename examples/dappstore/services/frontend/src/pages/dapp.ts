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
<dl>
<dt>id</dt><dd><code>${id}</code></dd>${Object.entries(rest).map(
      ([key, value]) => html`
<dt><bdi>${key}</bdi></dt><dd>${shown(value)}</dd>`,
    )}
</dl>
<h2 id="registrations">Registrations on the chain</h2>
${checked(registrations, subjectOf(dapp))}`,
  })
}

function checked(registrations: Page | string | undefined, subject: string | undefined): Html {
  if (registrations === undefined) return noValidation
  if (typeof registrations === "string") return html`<p role="status">${registrations}</p>`
  if (registrations.registrations.length === 0)
    return html`<p>The store has seen no registration of this dApp: it was written into the store without one.</p>`
  return html`${registrationList(registrations, "h3")}
${registrations.next && subject && html`<p><a href="/registrations?subject=${subject}">All its registrations</a></p>`}`
}

/** A field of a document, which may be any JSON. */
function shown(value: unknown): Content {
  if (typeof value === "string") return html`<bdi>${address(value)}</bdi>`
  if (typeof value === "object" && value !== null) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
  return String(value)
}
