// Templates: text stays text, HTML stays HTML, and what could do harm is refused.
import assert from "node:assert/strict"
import { test } from "node:test"
import { html } from "../../src/html.ts"
import { address } from "../../src/pages/layout.ts"

test("text is escaped in elements and in attributes", () => {
  assert.equal(
    `${html`<p title="${`"'<>&`}">${"<script>alert(1)</script>"}</p>`}`,
    '<p title="&quot;&#39;&lt;&gt;&amp;">&lt;script&gt;alert(1)&lt;/script&gt;</p>',
  )
})

test("templates, lists of them, numbers and nothing can stand in templates", () => {
  const items = ["a", "<"].map((item) => html`<li>${item}</li>`)
  assert.equal(`${html`<ul>${items}</ul>${0}${undefined}${false}`}`, "<ul><li>a</li><li>&lt;</li></ul>0")
})

test("values without double quotes are refused", () => {
  assert.throws(() => html`<p title=${"a onclick=x"}></p>`, /double quotes/)
  assert.throws(() => html`<p title='${"a"}'></p>`, /double quotes/)
})

test("links go to paths and to web addresses only", () => {
  assert.equal(`${html`<a href="${"/dapps/x?a=1&b=2"}"></a>`}`, '<a href="/dapps/x?a=1&amp;b=2"></a>')
  for (const bad of ["javascript:alert(1)", "data:text/html,x", "//other.example", "/\\other.example", "x", ""])
    assert.throws(() => html`<a href="${bad}"></a>`, /neither a path nor a web address/, bad)
})

test("an address becomes a link only if it is one of the web", () => {
  assert.match(`${address("https://a.example/?x=1&y=2")}`, /^<a href="https:\/\/a.example\/\?x=1&amp;y=2" rel=/)
  for (const text of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "ipfs://x",
    "http:x",
    "//a.example",
    "plain",
  ])
    assert.doesNotMatch(`${address(text)}`, /<a/, text)
})
