// What is around every page.
import { type Content, type Html, html, isWebAddress } from "../html.ts"
import { stylePath } from "../style.ts"

const PLACES = [
  { path: "/", name: "dApps" },
  { path: "/registrations", name: "Registrations" },
]

/** A whole page. `here` is the path of the place in the navigation that it is. */
export function layout({ title, here, body }: { title: string; here?: string; body: Content }): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – dApp store</title>
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<span class="store">dApp store</span>
<nav aria-label="Main"><ul>${PLACES.map(
    ({ path, name }) => html`
<li><a href="${path}"${path === here && html` aria-current="page"`}>${name}</a></li>`,
  )}
</ul></nav>
</header>
<main id="content">
${body}
</main>
<footer><p class="quiet">dApps are made by others: what is said here about one is what its makers say.</p></footer>
</body>
</html>
`
  return page.toString()
}

/** What registrations are written by, for those who want to make one. */
export const cip72 = html`<a href="https://github.com/cardano-foundation/CIPs/tree/master/CIP-0072" rel="noreferrer">CIP-72</a>`

/** A text from outside: a link if it is a web address, else only text, such as with `javascript:`. */
export function address(text: string): Html {
  return isWebAddress(text) ? html`<a href="${text}" rel="nofollow ugc noreferrer">${text}</a>` : html`${text}`
}
