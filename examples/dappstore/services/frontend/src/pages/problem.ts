// A page for what went wrong: what it is, and what the reader can do.
import { html } from "../html.ts"
import { layout } from "./layout.ts"

export function problemPage(title: string, explanation: string): string {
  return layout({
    title,
    body: html`<h1>${title}</h1>
<p>${explanation}</p>
<p><a href="/">dApps</a> · <a href="/registrations">Registrations</a></p>`,
  })
}
