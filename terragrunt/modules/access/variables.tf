# Inputs of the access of other repositories.

variable "bucket" {
  description = "The account's state bucket; a tenant's part of it is tenants/<name>/."
  type        = string
  nullable    = false
}

variable "cluster_prefix" {
  description = "What the names of EKS clusters start with, before the names that tenants give."
  type        = string
  nullable    = false
}

variable "tenants" {
  description = <<-EOT
    The repositories that use this account, by a name of your choice. repository: OWNER/NAME on GitHub. owner_id and
    repository_id: GitHub's ids, for repositories whose tokens name them. environments: environment of the workflow's job,
    then the cluster that it deploys to. repositories: what the names of its ECR repositories start with.
  EOT
  type = map(object({
    repository    = string
    owner_id      = optional(string)
    repository_id = optional(string)
    environments  = map(string)
    repositories  = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.tenants) : can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", name)) && length(name) <= 40])
    error_message = "tenants: names are up to 40 lower-case letters, digits and single hyphens, because names of IAM roles are made from them."
  }
  validation {
    condition     = alltrue([for tenant in var.tenants : can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", tenant.repository))])
    error_message = "tenants: repository is OWNER/NAME."
  }
  validation {
    condition = alltrue([
      for tenant in var.tenants : (tenant.owner_id == null) == (tenant.repository_id == null) && can(regex("^[0-9]*$", "${coalesce(tenant.owner_id, "0")}${coalesce(tenant.repository_id, "0")}"))
    ])
    error_message = "tenants: owner_id and repository_id are digits, and given together."
  }
  validation {
    condition     = alltrue([for tenant in var.tenants : length(tenant.environments) > 0 && alltrue([for name in keys(tenant.environments) : can(regex("^[A-Za-z0-9._-]+$", name))])])
    error_message = "tenants: at least one environment each, named with letters, digits, dots, underscores and hyphens."
  }
  validation {
    condition     = alltrue([for tenant in var.tenants : can(regex("^([a-z0-9]+([._-][a-z0-9]+)*/)+$", tenant.repositories))])
    error_message = "tenants: repositories is how names of ECR repositories begin, with a slash at the end, for example \"dapp-store/\"."
  }
}

variable "create_oidc_provider" {
  description = "Whether GitHub's identity provider is made here. An account can have it once: false where it exists already."
  type        = bool
  default     = true
  nullable    = false
}
