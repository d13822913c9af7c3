# Who can take a tenant's role: jobs of its repository that name one of its environments, and nobody else.

locals {
  # Repositories made, renamed or transferred since July 2026 put GitHub's ids into the subject, older ones do not.
  spellings = {
    for name, tenant in var.tenants : name => compact([
      tenant.repository,
      tenant.owner_id == null ? null : format(
        "%s@%s/%s@%s",
        split("/", tenant.repository)[0], tenant.owner_id, split("/", tenant.repository)[1], tenant.repository_id,
      ),
    ])
  }

  trust = {
    for name, tenant in var.tenants : name => {
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.provider_arn }
        Condition = {
          StringEquals = {
            "${local.issuer}:aud" = "sts.amazonaws.com"
            "${local.issuer}:sub" = [
              for pair in setproduct(local.spellings[name], keys(tenant.environments)) : "repo:${pair[0]}:environment:${pair[1]}"
            ]
          }
        }
      }]
    }
  }
}
