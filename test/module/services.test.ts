// What is tried before a deployment: services beside a real Postgres and Kafka, tenants on paper, an account's readiness.
import { describe, expect, test } from "vitest"
import { errorOf } from "./caller.js"
import { call, daggerw, returned, sandboxPort } from "./world.js"

describe("test", () => {
  test.each(["dapp-store-api", "dapp-store-frontend", "dapp-store-validation-service"])(
    "%s: its own tests, then its image",
    async (service) => {
      const printed = returned(await daggerw(["test", "--service", service]))
      expect(printed).toMatch(/pass [1-9]/)
      expect(printed).toMatch(/fail 0/)
      expect(printed).toMatch(new RegExp(`The image of ${service}, .* answers /health with 200`))
      // What the front end asks is there, so that none of its tests is left out.
      if (service.endsWith("frontend")) {
        expect(printed).toMatch(/beside the same Postgres, Kafka, api, validation-service, /)
        expect(printed).toMatch(/skipped 0/)
      }
    },
  )

  test("what is copied has no tests", async () => {
    expect(errorOf(await call("test", "--service", "ogmios"))).toContain("only what is built here has tests")
  })
})

test("tenant says which role has what, and the variables of its repository", async () => {
  const printed = returned(await daggerw(["tenant", "--name", "dapp-store"]))
  expect(printed).toContain("arn:aws:iam::000000000000:role/wallet-world-tenant-dapp-store")
  expect(printed).toMatch(/preview-dev +nonprod +dapp-store-preview-dev +the tenant's pipeline/)
  expect(printed).toMatch(/AWS_REGION +us-east-1/)
  expect(printed).toMatch(/AWS_PLAN_ROLE +arn:aws:iam::000000000000:role\/wallet-world-tenant-dapp-store-plan$/m)
  expect(errorOf(await call("tenant", "--name", "dap-store"))).toContain("there is dapp-store")
})

test("doctor says what is missing, and what can be read", async () => {
  sandboxPort()
  const error = errorOf(await daggerw(["doctor", "--env", "preview-nightly"]))
  expect(error).toMatch(/account +missing +a placeholder: set `account`/)
  expect(error).toMatch(/tenant dapp-store +missing +owner--placeholder/)
  expect(error).toMatch(/digest of ogmios +missing/)
  expect(error).toMatch(/GitHub repository +missing +owner--placeholder\/wallet-world is a placeholder/)
  expect(error).toMatch(/DNS zone lw.iog.io +missing/)
  expect(error).toMatch(
    /Google OAuth client +missing +`aws secretsmanager create-secret --name wallet-world\/google-oauth /,
  )
  expect(error).toMatch(/instances of general +ok +m7a\.xlarge in use1-az1, use1-az2, use1-az4/)
  expect(error).toMatch(/instances of mainnet +ok +r7a\.4xlarge in use1-az1/)
  expect(error).toMatch(/AWS_ROLE +none as long as the repository is a placeholder/)
  for (const service of ["EC2 (network)", "ECR", "EKS", "IAM", "KMS", "MSK", "RDS", "Secrets Manager"])
    expect(error.split("\n").map((line) => line.trim().split(/ {2,}/))).toContainEqual([service, "ok", "can be read"])
})
