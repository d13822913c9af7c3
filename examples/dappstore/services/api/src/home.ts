// What the API offers, at its address: JSON for programs, the same as a page for people with a browser.
import { createHash } from "node:crypto"
import type { Answer } from "./http.ts"

const ABOUT =
  "The dApps of the store, as JSON documents. They can only be read here; writing has a port of its own inside the cluster."

/** `try` is an address that answers as it is. */
const OFFERS = [
  {
    request: "GET /dapps?limit=100&after=ID",
    answer:
      "dApps ordered by id, and in next the id that the following page is after, or null. limit is 1 to 500; a page ends sooner when its documents are large.",
    try: "/dapps?limit=10",
  },
  { request: "GET /dapps/ID", answer: "The document of one dApp, or 404." },
  { request: "GET /health", answer: "200 when the database answers, else 503 and why.", try: "/health" },
  { request: "GET /live", answer: "200 while the process runs.", try: "/live" },
  { request: "GET /metrics", answer: "Metrics for Prometheus.", try: "/metrics" },
]

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 48rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
dt { margin-top: 1.25rem; font-weight: 700 }
dd { margin: 0 }
a { color: light-dark(#0b57c2, #8ab8ff) }
`

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dApp store API</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>dApp store API</h1>
<p>${ABOUT}</p>
<h2>Requests</h2>
<dl>${OFFERS.map(
  (offer) => `
<dt><code>${escaped(offer.request)}</code></dt>
<dd>${escaped(offer.answer)}${offer.try ? ` Try <a href="${escaped(offer.try)}">${escaped(offer.try)}</a>` : ""}</dd>`,
).join("")}
</dl>
</main>
</body>
</html>
`

const HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; frame-ancestors 'none'`,
  "content-type": "text/html; charset=utf-8",
  "x-content-type-options": "nosniff",
}

/** A page where HTML is asked for by name, as browsers do, else JSON. */
export function home(accept = ""): Answer {
  const route = "/"
  const vary = "accept"
  if (/\btext\/html\b/i.test(accept)) return { route, status: 200, text: PAGE, headers: { ...HEADERS, vary } }
  return { route, status: 200, body: { service: "dApp store API", about: ABOUT, offers: OFFERS }, headers: { vary } }
}
