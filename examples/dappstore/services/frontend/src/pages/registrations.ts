// The last checked registrations.
import { isId } from "../dapps.ts"
import { type Html, html } from "../html.ts"
import { LAST, type Registration } from "../registrations.ts"
import { address, layout } from "./layout.ts"

export const noValidation = html`<p>Registrations are not checked here: this store runs without a validation service.</p>`

export function registrationsPage(registrations: Registration[] | undefined): string {
  return layout({
    title: "Registrations",
    here: "/registrations",
    body: html`<h1>Registrations</h1>
<p>What dApps’ makers wrote into the chain (CIP-72), as the store found it when it looked.</p>
${registrations ? registrationsTable(registrations, "of all dApps") : noValidation}`,
  })
}

/** A table; `whose` says of which dApps. */
export function registrationsTable(registrations: Registration[], whose: string): Html {
  if (registrations.length === 0)
    return html`<p>There is no registration ${whose} among the ${LAST} that were checked last.</p>`
  return html`<section class="table" aria-label="Registrations ${whose}" tabindex="0">
<table>
<caption>Registrations ${whose} among the ${LAST} that were checked last</caption>
<thead><tr>
<th scope="col">Transaction</th><th scope="col">Status</th><th scope="col">Action</th><th scope="col">Subject</th>
<th scope="col">Document</th><th scope="col">Checked</th>
</tr></thead>
<tbody>${registrations.map(row)}
</tbody>
</table>
</section>`
}

function row({ txHash, slot, status, reasons, checkedAt, subject, action, rootHash, url }: Registration): Html {
  const checked = new Date(checkedAt).toISOString()
  return html`
<tr>
<th scope="row"><code>${txHash}</code><p class="quiet">slot ${slot}</p></th>
<td><strong data-status="${status}">${status}</strong>${
    reasons.length > 0 &&
    html`
<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`
  }</td>
<td>${action}</td>
<td>${subject && dapp(subject)}</td>
<td>${url && address(url)}${rootHash && html`<p class="quiet">root hash <code>${rootHash}</code></p>`}</td>
<td><time datetime="${checked}">${checked.slice(0, 16).replace("T", " ")} UTC</time></td>
</tr>`
}

/** A subject is most often the id of a dApp. */
function dapp(subject: string): Html {
  const id = subject.toLowerCase()
  return isId(id) ? html`<a href="/dapps/${id}"><code>${subject}</code></a>` : html`<code>${subject}</code>`
}
