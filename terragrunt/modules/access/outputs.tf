# Whom workflows can become.

output "role_arns" {
  description = "ARN of the role that deploys for each tenant, by tenant."
  value       = { for name, role in aws_iam_role.tenant : name => role.arn }
}

output "plan_role_arns" {
  description = "ARN of the role that plans for each tenant, by tenant."
  value       = { for name, role in aws_iam_role.tenant_plan : name => role.arn }
}

output "oidc_provider_arn" {
  description = "ARN of GitHub's identity provider; null where nobody of GitHub gets in."
  value       = local.anybody ? local.provider_arn : null
}
