// HTML that is escaped by construction: what is put into a template is text, unless it is HTML from a template itself.

/** Made by the tag `html` only. */
export class Html {
  readonly #text: string
  private constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  static of(strings: TemplateStringsArray, ...contents: Content[]): Html {
    const text = contents.map((content, index) => placed(strings[index] ?? "", content)).join("")
    return new Html(text + (strings.at(-1) ?? ""))
  }
}

/** What can stand in a template; undefined and false are nothing. */
export type Content = Html | string | number | undefined | false | readonly Content[]

/**
 * The tag of all templates. Values of attributes must be in double quotes, addresses must be harmless: both is checked.
 *
 * html`<a href="${"/dapps/x"}">${"<b>"}</a>` // <a href="/dapps/x">&lt;b&gt;</a>
 */
export const html = Html.of

/** Whether a text from outside may become a link: an absolute http or https address. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && /^https?:\/\//i.test(text)
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

function placed(before: string, content: Content): string {
  if (/=\s*'?$/.test(before))
    throw new Error(`a value without double quotes in a template, after: ${before.slice(-40)}`)
  if (/\s(href|src|action|formaction)="$/i.test(before)) {
    const own = typeof content === "string" && /^\/(?![/\\])/.test(content)
    if (!own && !(typeof content === "string" && isWebAddress(content)))
      throw new Error(`neither a path nor a web address in a template, after: ${before.slice(-40)}`)
  }
  return before + textOf(content)
}

function textOf(content: Content): string {
  if (content instanceof Html) return content.toString()
  if (content === undefined || content === false) return ""
  if (typeof content === "object") return content.map(textOf).join("")
  return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
}
