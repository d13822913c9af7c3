// The images: where a build context is, and what may run beside one in its test.
import { expect, test } from "vitest"
import { stringify } from "yaml"
import { loadImages, parseContext } from "../../../ci/pipeline/model/index.js"

const url = "https://github.com/OWNER/dappstore"

test.each([
  ["services/api", { directory: "services/api" }],
  [url, { url, ref: "HEAD", directory: "." }],
  [`${url}#main`, { url, ref: "main", directory: "." }],
  [`${url}#v1.2.0:services/api`, { url, ref: "v1.2.0", directory: "services/api" }],
  [`${url}#:services/api`, { url, ref: "HEAD", directory: "services/api" }],
  ["git@github.com:OWNER/dappstore#main:.", { url: "git@github.com:OWNER/dappstore", ref: "main", directory: "." }],
])("%s", (context, found) => {
  expect(parseContext(context)).toEqual(found)
})

const built = (beside?: object) => ({ build: { context: "services/x", ...(beside && { test: { beside } }) } })
const copied = { copy: "ghcr.io/txpipe/oura:v2.2.0" }
const file = (images: Record<string, object>) => {
  const named = Object.entries(images).map(([name, image]) => [name, { repository: `r/${name}`, ...image }])
  return new Map([["images.yaml", stringify(Object.fromEntries(named))]])
}

test("other images that are built may run beside one; all of the file are there, used or not", () => {
  const api = built({ base: { image: "base", variables: { X: "1" } } })
  const images = { front: built({ api: { image: "api" }, base: { image: "base" } }), api, base: built(), copied }
  expect(Object.keys(loadImages(file(images)))).toEqual(["front", "api", "base", "copied"])
})

test("what cannot run beside it is refused: all at once, each with its place", () => {
  const wrong = file({
    front: built({ api: { image: "apx" }, queue: { image: "copied" }, self: { image: "front" } }),
    one: built({ two: { image: "two" } }),
    two: built({ three: { image: "three" } }),
    three: built({ one: { image: "one" } }),
    copied,
  })
  for (const problem of [
    /images.yaml:\d+:\d+: apx is not built here/,
    "copied is not built here",
    "front is not built here",
    "what can run beside front is one, two, three",
    "two needs one beside it, too",
    "three needs two beside it, too",
    "one needs three beside it, too",
  ])
    expect(() => loadImages(wrong)).toThrow(problem)
})
