# Whom workflows can become.

output "role_arns" {
  description = "ARN of each tenant's role, by tenant."
  value       = { for name, role in aws_iam_role.tenant : name => role.arn }
}

output "oidc_provider_arn" {
  description = "ARN of GitHub's identity provider; null without tenants."
  value       = length(var.tenants) > 0 ? local.provider_arn : null
}
