/** Writes YAML and JSON that every reader reads alike: of YAML 1.1, as Helm, kubectl and Argo CD do, and of YAML 1.2. */
import { Document, visit } from "yaml"
import { escapeOddCharacters, hasOddCharacters } from "./characters.js"
import { isSafelyPlain } from "./readings.js"

/**
 * A value, or a document with comments, as YAML. Quotes stand around each text that a version of YAML would take for
 * something else, keys included.
 *
 * @example
 * yamlText({ on: "1_000" })   // '"on": "1_000"\n'
 */
export function yamlText(content: unknown): string {
  const document = content instanceof Document ? content : new Document(content, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === "string" && !isReadable(node.value)) node.type = "QUOTE_DOUBLE"
    },
  })
  return escapeOddCharacters(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }))
}

/** Values for Helm, which reads JSON as YAML 1.1. */
export const helmValues = (values: unknown): string => escapeOddCharacters(JSON.stringify(values))

/** Whether a text can stand without double quotes: plain, or as a block of several lines, which no space begins. */
const isReadable = (text: string) =>
  !hasOddCharacters(text) && (text.includes("\n") ? /^\S/.test(text) : isSafelyPlain(text))
