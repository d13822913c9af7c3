// One signed request to an AWS service: for single questions that are not worth a client of their own.
import { request } from "node:https"
import { type AwsPlace, clientOptions } from "./aws.js"

/** A question that changes nothing. */
export interface Question {
  /** The service as signatures name it, such as ec2. */
  service: string
  /** Host of a service that is the same for all regions; otherwise SERVICE.REGION.amazonaws.com. */
  host?: string
  method: "GET" | "POST"
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string
}

/** What the service said. */
export interface Answer {
  status: number
  text: string
}

/**
 * Asks an AWS service.
 *
 * @param place target, account, region
 * @param question what to ask
 * @throws when the service cannot be reached
 */
export async function ask({ target, account, region }: AwsPlace, question: Question): Promise<Answer> {
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import("@smithy/signature-v4"), import("./hash.js")])
  const options = await clientOptions({ target, account, region })
  const { service, method, path, query, body = "" } = question
  const endpoint = new URL(options.endpoint ?? `https://${question.host ?? `${service}.${region}.amazonaws.com`}`)
  // Global services are in one region.
  const signer = new SignatureV4({
    service,
    region: question.host ? "us-east-1" : region,
    credentials: options.credentials,
    sha256: Hash,
  })
  const signed = await signer.sign({
    method,
    protocol: "https:",
    hostname: endpoint.hostname,
    path,
    query,
    headers: { host: endpoint.host, ...question.headers },
    body,
  })
  const asked = new URLSearchParams(query).toString()
  return new Promise((done, fail) => {
    const sent = request(
      {
        host: endpoint.hostname,
        port: endpoint.port || 443,
        method,
        path: asked ? `${path}?${asked}` : path,
        headers: signed.headers,
        agent: options.requestHandler.httpsAgent,
        timeout: options.requestHandler.requestTimeout,
      },
      (response) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => {
          text += chunk
        })
        response.on("end", () => done({ status: response.statusCode ?? 0, text }))
      },
    )
    sent.on("timeout", () => sent.destroy(new Error(`${endpoint.host} does not answer`)))
    sent.on("error", fail)
    sent.end(body)
  })
}
