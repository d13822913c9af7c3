// doctor: questions to AWS that change nothing, and what their answers say.
import type { AwsPlace } from "../../tools/aws.js"
import { type Answer, ask, type Question } from "../../tools/signed.js"

/** A question to a service that takes forms. */
export const form = (
  service: string,
  version: string,
  action: string,
  parameters: Record<string, string> = {},
): Question => ({
  service,
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
})

/** A question to a service that takes JSON. */
export const json = (service: string, target: string, body: object = {}): Question => ({
  service,
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
  body: JSON.stringify(body),
})

/** A question to IAM, which is the same for all regions. */
export const iam = (action: string, parameters: Record<string, string> = {}): Question => ({
  ...form("iam", "2010-05-08", action, parameters),
  host: "iam.amazonaws.com",
})

/** A question to Route 53, which is the same for all regions. */
export const route53 = (path: string, query: Record<string, string> = {}): Question => ({
  service: "route53",
  host: "route53.amazonaws.com",
  method: "GET",
  path: `/2013-04-01/${path}`,
  query,
})

/** What a service answers; status 0 when it cannot be reached. */
export const answerTo = (place: AwsPlace, question: Question): Promise<Answer> =>
  ask(place, question).catch((error) => ({ status: 0, text: String(error) }))

/** What a refusal says, as one short line. */
export const reason = (text: string) =>
  (/<Message>([^<]+)/.exec(text)?.[1] ?? /"[mM]essage": ?"([^"]+)/.exec(text)?.[1] ?? text)
    .replace(/\s+/g, " ")
    .slice(0, 160)
