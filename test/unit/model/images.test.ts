// Where a build context is: in the repository, or in another one's history.
import { expect, test } from "vitest"
import { parseContext } from "../../../ci/pipeline/model/index.js"

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
