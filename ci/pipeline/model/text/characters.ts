/** Characters that readers of YAML do not agree on: YAML 1.1 takes some for line breaks, and Helm's reader refuses others. */

/** Control characters, NEL, the separators U+2028 and U+2029, byte order marks, and what is no character. */
const ODD = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** What must not stand in a file as it is; \uFFFD is what bytes that are not UTF-8 become. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ODD_IN_FILE = /[\0-\x08\x0b\x0c\x0e-\x1f\u007f-\u009f\u2028\u2029\ufeff\ufffd-\uffff]|\r(?!\n)/g

/** Whether a text holds characters that have to be escaped. */
export const hasOddCharacters = (text: string) => text.search(ODD) >= 0

/** JSON, or YAML in double quotes, with those characters escaped. */
export const escapeOddCharacters = (text: string) => text.replace(ODD, codeOf)

/** Each character of a file's text that must be escaped or removed: where it is, and its name. */
export const oddCharacters = (text: string): { offset: number; name: string }[] =>
  [...text.matchAll(ODD_IN_FILE)].map(({ 0: character, index }) => ({ offset: index, name: codeOf(character) }))

/** Whether a text can be encoded: an escape such as \ud800 names half a character. */
export const isUnicode = (text: string) => !/\p{Surrogate}/u.test(text)

const codeOf = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
