# Who can take which role. Roles that change something trust jobs of GitHub environments, whose rules say who approves;
# those that only look trust what is on the main branch, and this repository's tags of releases.

locals {
  # Repositories made, renamed or transferred since July 2026 put GitHub's ids into the subject, older ones do not.
  repositories = merge(var.tenants, local.own ? { "" = var.workflows } : {})
  spellings = {
    for name, given in local.repositories : name => compact([
      given.repository,
      given.owner_id == null ? null : format(
        "%s@%s/%s@%s",
        split("/", given.repository)[0], given.owner_id, split("/", given.repository)[1], given.repository_id,
      ),
    ])
  }
  own_spellings = local.own ? local.spellings[""] : []

  subjects = merge(
    {
      for name, tenant in var.tenants : "wallet-world-tenant-${name}" => [
        for pair in setproduct(local.spellings[name], keys(tenant.environments)) : "repo:${pair[0]}:environment:${pair[1]}"
      ]
    },
    {
      for name, tenant in var.tenants : "wallet-world-tenant-${name}-plan" => [
        for spelling in local.spellings[name] : "repo:${spelling}:ref:refs/heads/main"
      ]
    },
    {
      wallet-world-deploy = [
        for pair in setproduct(local.own_spellings, var.workflows.environments) : "repo:${pair[0]}:environment:${pair[1]}"
      ]
    },
  )
  conditions = merge(
    {
      for role, subjects in local.subjects : role => {
        StringEquals = { "${local.issuer}:aud" = "sts.amazonaws.com", "${local.issuer}:sub" = subjects }
      }
    },
    {
      wallet-world-plan = {
        StringEquals = { "${local.issuer}:aud" = "sts.amazonaws.com" }
        StringLike = {
          "${local.issuer}:sub" = [
            for pair in setproduct(local.own_spellings, ["heads/main", "tags/v*"]) : "repo:${pair[0]}:ref:refs/${pair[1]}"
          ]
        }
      }
    },
  )

  trust = {
    for role, condition in local.conditions : role => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Action    = "sts:AssumeRoleWithWebIdentity"
        Principal = { Federated = local.provider_arn }
        Condition = condition
      }]
    })
  }
}
