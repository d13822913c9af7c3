# Other repositories: GitHub's identity provider, and for each of them a role that its workflows can take. A role gets
# no further than its own part of registry, clusters and state bucket.

locals {
  issuer       = "token.actions.githubusercontent.com"
  arn          = "arn:${data.aws_partition.current.partition}"
  place        = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  provider_arn = "${local.arn}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.issuer}"
}

resource "aws_iam_openid_connect_provider" "github" {
  count = length(var.tenants) > 0 && var.create_oidc_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "tenant" {
  for_each = var.tenants

  name                 = "wallet-world-tenant-${each.key}"
  description          = "Workflows of ${each.value.repository}"
  max_session_duration = 7200
  assume_role_policy   = jsonencode(local.trust[each.key])

  # IAM takes a provider that does not exist for a mistake.
  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "tenant" {
  for_each = var.tenants

  name   = "tenant"
  role   = aws_iam_role.tenant[each.key].name
  policy = jsonencode(local.policies[each.key])
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}
