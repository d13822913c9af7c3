# Other repositories: for each a role that deploys and one that plans. Neither gets further than the tenant's own part of
# registry, clusters and state bucket; policy.tf says which part that is.

resource "aws_iam_role" "tenant" {
  for_each = var.tenants

  name                 = "wallet-world-tenant-${each.key}"
  description          = "Workflows of ${each.value.repository}"
  max_session_duration = local.session
  assume_role_policy   = local.trust["wallet-world-tenant-${each.key}"]

  # IAM takes a provider that does not exist for a mistake.
  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "tenant" {
  for_each = var.tenants

  name   = "tenant"
  role   = aws_iam_role.tenant[each.key].name
  policy = local.policies[each.key]
}

resource "aws_iam_role" "tenant_plan" {
  for_each = var.tenants

  name                 = "wallet-world-tenant-${each.key}-plan"
  description          = "Plans of ${each.value.repository}"
  max_session_duration = local.session
  assume_role_policy   = local.trust["wallet-world-tenant-${each.key}-plan"]

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "tenant_plan" {
  for_each = var.tenants

  name   = "plan"
  role   = aws_iam_role.tenant_plan[each.key].name
  policy = local.plan_policies[each.key]
}
