// The list of dApps: all by pages, or those that a search found.
import type { Document, Page } from "../dapps.ts"
import { type Html, html } from "../html.ts"
import { fields } from "../upstream.ts"
import { address, cip72, layout } from "./layout.ts"

/** What was asked for: a text to search for, and the id after which to continue. */
export type Asked = { q: string; after?: string }

export const SEARCH_LENGTH = 100
const DESCRIPTION_LENGTH = 200

export function dappsPage({ q, after }: Asked, { dapps, next }: Page): string {
  return layout({
    title: q ? `Search for ${q}` : "dApps",
    here: "/",
    body: html`<h1>dApps</h1>
<form role="search" action="/" method="get">
<label for="q">Name</label>
<input id="q" name="q" type="search" maxlength="${SEARCH_LENGTH}" value="${q}">
<button type="submit">Search</button>
</form>
${summary({ q, after }, { dapps, next })}
${
  dapps.length > 0 &&
  html`<ul class="dapps">${dapps.map(
    ({ id, document }) => html`
<li><h2><a href="/dapps/${id}"><bdi>${document.name}</bdi></a></h2>${
      document.url &&
      html`
<p>${address(document.url)}</p>`
    }${
      shortDescription(document) &&
      html`
<p><bdi>${shortDescription(document)}</bdi></p>`
    }</li>`,
  )}
</ul>`
}
${pages({ q, after }, next)}`,
  })
}

/** CIP-72 has a short and a long one; the short one has 40 characters there, which nobody holds to. */
function shortDescription({ description }: Document): string | undefined {
  const { short } = fields(description)
  return typeof short === "string" ? short.slice(0, DESCRIPTION_LENGTH) : undefined
}

function summary({ q, after }: Asked, { dapps, next }: Page): Html {
  if (dapps.length === 0 && next) return html`<p>None found so far: there are more dApps to search.</p>`
  if (dapps.length === 0 && after)
    return html`<p>There are no further dApps${q && html` with “<bdi>${q}</bdi>” in their name`}.</p>`
  if (dapps.length === 0 && q)
    return html`<p>No dApp has “<bdi>${q}</bdi>” in its name. <a href="/">Show all dApps</a></p>`
  if (dapps.length === 0)
    return html`<p>There are no dApps yet.</p>
<p>One appears here by itself when its makers have registered it on the chain (${cip72}, metadata label 1667) and the store
finds that its document is the one that the registration names. <a href="/registrations">Registrations</a> shows what was
found so far, and why something is not here.</p>`
  return html`${q && html`<p>dApps with “<bdi>${q}</bdi>” in their name. <a href="/">Show all dApps</a></p>`}`
}

function pages({ q, after }: Asked, next?: string): Html {
  const query = (more: Record<string, string>) => new URLSearchParams({ ...(q && { q }), ...more }).toString()
  if (!after && !next) return html``
  return html`<nav class="pages" aria-label="Pages"><ul>
${after && html`<li><a href="${q ? `/?${query({})}` : "/"}">First page</a></li>`}
${next && html`<li><a href="/?${query({ after: next })}" rel="next">${q ? "Search further" : "Next page"}</a></li>`}
</ul></nav>`
}
