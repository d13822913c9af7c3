// What is imported of what a killed run has made, by the words of OpenTofu's errors.
import { describe, expect, it } from "vitest"
import { lostResources, notOwned, withImports } from "../../ci/pipeline/tools/lost-resources.js"

const line = (unit: string, text: string) => `22:13:09.155 STDERR [.terragrunt-stack/${unit}] tofu: ${text}`
const log = (unit: string, ...texts: string[]) => texts.map((text) => line(unit, text)).join("\n")
const tags = { "wallet-world/account": "1", "wallet-world/cluster": "c", "wallet-world/environment": "e" }

const group = [
  "Error: creating Security Group (shop-rds): operation error EC2: CreateSecurityGroup, api error InvalidGroup.Duplicate: The security group 'shop-rds' already exists",
  "  with aws_security_group.this,",
  '  on main.tf line 87, in resource "aws_security_group" "this":',
]
/** The detail of an error stands after the address, and is wrapped. */
const rule = [
  "Error: creating VPC Security Group Rule",
  '  with aws_vpc_security_group_ingress_rule.clients["broker-0"],',
  "operation error EC2: AuthorizeSecurityGroupIngress, the specified rule already",
  "exists",
]

describe("what is lost", () => {
  it("is what could not be created because it exists, by unit, also where their lines are mixed", () => {
    const mixed = group.flatMap((text, index) => [line("rds", text), line("msk", rule[index])])
    expect(lostResources([...mixed, line("msk", rule[3])].join("\n"))).toEqual([
      { unit: "rds", address: "aws_security_group.this", name: "shop-rds" },
      { unit: "msk", address: 'aws_vpc_security_group_ingress_rule.clients["broker-0"]', name: "" },
    ])
  })

  it.each([
    [
      "another error of a creation",
      "Error: creating Security Group (a): api error VpcLimitExceeded: too many",
      "  with aws_security_group.this,",
    ],
    ["a change", "Error: updating IAM Role (a): EntityAlreadyExists: there is one", "  with aws_iam_role.this,"],
    ["an error without a resource", "Error: creating EKS Cluster (a): it already exists"],
  ])("is not %s", (_, ...texts) => expect(lostResources(log("rds", ...texts))).toEqual([]))
})

describe("an import", () => {
  const imports = (address: string, name: string) => withImports({}, [{ unit: "u", address, name }], tags)?.u

  it.each([
    ["aws_db_instance.this", "shop", "shop", { aws_db_instance: { lost0: { db_instance_identifier: "shop" } } }],
    [
      "aws_security_group.this",
      "shop",
      "${data.aws_security_group.lost0.id}",
      { aws_security_group: { lost0: { name: "shop" } } },
    ],
    [
      'aws_eks_access_entry.this["a"]',
      "c:arn:aws:iam::1:role/r",
      "c:arn:aws:iam::1:role/r",
      { aws_eks_access_entry: { lost0: { cluster_name: "c", principal_arn: "arn:aws:iam::1:role/r" } } },
    ],
    [
      'aws_secretsmanager_secret.this["db"]',
      "p/db",
      "${data.aws_secretsmanager_secret.lost0.arn}",
      { aws_secretsmanager_secret: { lost0: { name: "p/db" } } },
    ],
  ])("of %s needs the tags of its own unit", (address, name, id, data) => {
    const made = imports(address, name)
    expect(made).toMatchObject({ data, import: [{ to: address, id }] })
    const [[found]] = Object.values(made?.data ?? {}).map((all) => Object.values(all))
    const { condition } = (found as { lifecycle: { postcondition: { condition: string } } }).lifecycle.postcondition
    for (const text of ["wallet-world/unit", "wallet-world/environment", '"e"', '"u"'])
      expect(condition).toContain(text)
  })

  it("of a rule is by the tag that names it", () => {
    const made = imports('aws_vpc_security_group_ingress_rule.clients["broker-0"]', "")
    expect(made?.data).toEqual({
      aws_vpc_security_group_rules: {
        lost0: { tags: { ...tags, "wallet-world/unit": "u", "wallet-world/resource": "clients-broker-0" } },
      },
    })
    expect(imports("aws_vpc_security_group_ingress_rule.clients[1]", "")?.data).toMatchObject({
      aws_vpc_security_group_rules: { lost0: { tags: { "wallet-world/resource": "clients-1" } } },
    })
  })

  it("is added to those before, once", () => {
    const first = { unit: "u", address: "aws_iam_role.a", name: "a" }
    const one = withImports({}, [first], tags)
    expect(withImports(one ?? {}, [first], tags)).toBeUndefined()
    const two = withImports(one ?? {}, [first, { unit: "u", address: "aws_iam_role.b", name: "b" }], tags)
    expect(two?.u.import.map(({ to }) => to)).toEqual(["aws_iam_role.a", "aws_iam_role.b"])
    expect(Object.keys(two?.u.data.aws_iam_role ?? {})).toEqual(["lost0", "lost1"])
  })

  it("is not made of what it does not know how to find", () => {
    expect(imports("aws_vpc.this", "shop")).toBeUndefined()
    expect(imports("aws_security_group.this", "")).toBeUndefined()
    const unknown = { unit: "v", address: "aws_vpc.this", name: "shop" }
    expect(
      Object.keys(withImports({}, [{ unit: "u", address: "aws_iam_role.a", name: "a" }, unknown], tags) ?? {}),
    ).toEqual(["u"])
  })

  it("of somebody else's is refused, and the words are found again where they were wrapped", () => {
    const made = imports('aws_secretsmanager_secret.this["db"]', "p/db")
    const [[found]] = Object.values(made?.data ?? {}).map((all) => Object.values(all))
    const { error_message } = (found as { lifecycle: { postcondition: { error_message: string } } }).lifecycle
      .postcondition
    const half = error_message.indexOf(" tags")
    const wrapped = log(
      "u",
      "Error: Resource postcondition failed",
      error_message.slice(0, half),
      error_message.slice(half + 1),
    )
    // OpenTofu shows the line of the configuration, too.
    const shown = log("u", `1: {"postcondition":{"error_message":"${error_message}"}}`)
    expect(notOwned(`plan: ${wrapped}\n\n${shown}\n${wrapped}`)).toBe(error_message)
    expect(notOwned(log("u", "Error: another one"))).toBeUndefined()
  })
})
