// One dApp: all that its document says, and its registrations.
import type { Dapp } from "../dapps.ts"
import { type Content, type Html, html } from "../html.ts"
import type { Registration } from "../registrations.ts"
import { address, layout } from "./layout.ts"
import { noValidation, registrationsTable } from "./registrations.ts"

/** The registrations are a text where they could not be had. */
export function dappPage({ id, document }: Dapp, registrations: Registration[] | string | undefined): string {
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
${checked(registrations)}`,
  })
}

function checked(registrations: Registration[] | string | undefined): Html {
  if (registrations === undefined) return noValidation
  if (typeof registrations === "string") return html`<p>${registrations}</p>`
  return registrationsTable(registrations, "of this dApp")
}

/** A field of a document, which may be any JSON. */
function shown(value: unknown): Content {
  if (typeof value === "string") return html`<bdi>${address(value)}</bdi>`
  if (typeof value === "object" && value !== null) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`
  return String(value)
}
