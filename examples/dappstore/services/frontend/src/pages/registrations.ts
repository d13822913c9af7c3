// The registrations that were checked, newest first: of all dApps, or of one subject.
import { isId } from "../dapps.ts"
import { type Html, html } from "../html.ts"
import type { Page, Registration, Wanted } from "../registrations.ts"
import { address, cip72, layout } from "./layout.ts"

export const noValidation = html`<p>Registrations are not checked here: this store runs without a validation service.</p>`

/** What a status means to a reader. */
const MEANING: Record<string, string> = {
  valid: "The document is the one that the registration names.",
  invalid: "It does not count, and the store does not look at it again.",
  unreachable: "Its document could not be got.",
}

export function registrationsPage(asked: Wanted, page: Page | undefined): string {
  return layout({
    title: "Registrations",
    here: asked.subject ? undefined : "/registrations",
    body: html`<h1>Registrations</h1>
<p>What makers of dApps wrote into the chain (${cip72}), and what the store found when it looked. Newest first.</p>
${asked.subject && html`<p>Only those of subject <code>${asked.subject}</code>. <a href="/registrations">Show all</a></p>`}
${page ? listed(asked, page) : noValidation}`,
  })
}

function listed(asked: Wanted, page: Page): Html {
  if (page.registrations.length === 0) return empty(asked)
  const more = new URLSearchParams({ ...(asked.subject && { subject: asked.subject }), after: page.next ?? "" })
  const first = asked.subject ? `/registrations?subject=${asked.subject}` : "/registrations"
  return html`${registrationList(page, "h2")}
${
  (asked.after || page.next) &&
  html`<nav class="pages" aria-label="Pages"><ul>
${asked.after && html`<li><a href="${first}">Newest</a></li>`}
${page.next && html`<li><a href="/registrations?${more.toString()}" rel="next">Older</a></li>`}
</ul></nav>`
}`
}

function empty({ subject, after }: Wanted): Html {
  if (after) return html`<p>There are no older registrations.</p>`
  if (subject) return html`<p>The store has seen no registration of this subject.</p>`
  return html`<p>There are no registrations yet.</p>
<p>One appears here by itself, a moment after a block of the chain has brought a transaction with metadata label 1667: oura
reads the chain from where it was told to begin, and the store checks what it finds.</p>`
}

/** A list of cards; `heading` is the level that their headings have on the page. */
export function registrationList({ registrations }: Page, heading: "h2" | "h3"): Html {
  return html`<ul class="registrations">${registrations.map((registration) => card(registration, heading))}
</ul>`
}

function card(registration: Registration, heading: "h2" | "h3"): Html {
  const { status, reasons, txHash, slot, subject, rootHash, url, checkedAt, attempts, nextAttemptAt } = registration
  const title = titleOf(registration)
  return html`
<li>
${heading === "h2" ? html`<h2>${title}</h2>` : html`<h3>${title}</h3>`}
<p><strong class="status" data-status="${status}">${status}</strong> ${meaningOf(registration)}</p>${
    reasons.length > 0 &&
    html`
<ul class="reasons">${reasons.map((reason) => html`<li><bdi>${reason}</bdi></li>`)}</ul>`
  }
<dl>
<dt>transaction</dt><dd>${txHash ? html`<code>${txHash}</code>` : "not known: the message could not be read"}${
    slot !== undefined && html`, slot ${slot}`
  }</dd>
${subject && html`<dt>subject</dt><dd><code>${subject}</code></dd>`}
${url && html`<dt>document</dt><dd>${address(url)}</dd>`}
${rootHash && html`<dt>root hash</dt><dd><code>${rootHash}</code></dd>`}
<dt>checked</dt><dd>${time(checkedAt)}${attempts > 1 && html`, ${attempts} times`}${
    nextAttemptAt && html`; again about ${time(nextAttemptAt)}`
  }</dd>
</dl>
</li>`
}

/** What a card is about: the dApp where it has a page, else what was to be done. */
function titleOf({ status, action, name, subject }: Registration): Html {
  const what = action === "DE_REGISTER" ? "De-registration" : action === "REGISTER" ? "Registration" : "Message"
  const about = name ?? subject
  if (about === undefined) return html`${what} without a subject`
  const shown = html`<bdi>${about}</bdi>`
  const linked = status === "valid" && action === "REGISTER" && subject && isId(subject)
  return html`${what} of ${linked ? html`<a href="/dapps/${subject}">${shown}</a>` : shown}`
}

function meaningOf({ status, action }: Registration): string {
  return status === "valid" && action === "DE_REGISTER" ? "The dApp is taken down." : (MEANING[status] ?? "")
}

function time(text: string): Html {
  const iso = new Date(text).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`
}
