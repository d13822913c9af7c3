# Who of GitHub gets into the account: its identity provider, and the roles that workflows can take. tenants.tf has those
# of other repositories, workflows.tf those of this one.

locals {
  issuer       = "token.actions.githubusercontent.com"
  arn          = "arn:${data.aws_partition.current.partition}"
  place        = "${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}"
  provider_arn = "${local.arn}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.issuer}"

  own     = var.workflows.repository != null
  anybody = local.own || length(var.tenants) > 0
  # Seconds that a session may last: an installation from nothing takes longer than one hour.
  session = 7200
}

resource "aws_iam_openid_connect_provider" "github" {
  count = local.anybody && var.create_oidc_provider ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}
data "aws_region" "current" {}
