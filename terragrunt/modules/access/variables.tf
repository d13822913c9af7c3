# Inputs of the access of GitHub's workflows.

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
    condition     = alltrue([for name in keys(var.tenants) : can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", name)) && length(name) <= 39 && !endswith(name, "-plan")])
    error_message = "tenants: names are up to 39 lower-case letters, digits and single hyphens, because names of IAM roles are made from them, and do not end in -plan."
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

variable "workflows" {
  description = <<-EOT
    The repository that these modules are applied from: OWNER/NAME on GitHub, null for no roles; owner_id and repository_id as
    for tenants; the GitHub environments whose jobs may deploy.
  EOT
  type = object({
    repository    = optional(string)
    owner_id      = optional(string)
    repository_id = optional(string)
    environments  = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.workflows.repository == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.workflows.repository))
    error_message = "workflows: repository is OWNER/NAME."
  }
  validation {
    condition     = (var.workflows.owner_id == null) == (var.workflows.repository_id == null) && can(regex("^[0-9]*$", "${coalesce(var.workflows.owner_id, "0")}${coalesce(var.workflows.repository_id, "0")}"))
    error_message = "workflows: owner_id and repository_id are digits, and given together."
  }
  validation {
    condition     = (var.workflows.repository == null || length(var.workflows.environments) > 0) && alltrue([for name in var.workflows.environments : can(regex("^[A-Za-z0-9._-]+$", name))])
    error_message = "workflows: at least one environment, named with letters, digits, dots, underscores and hyphens."
  }
}

variable "create_oidc_provider" {
  description = "Whether GitHub's identity provider is made here. An account can have it once: false where it exists already."
  type        = bool
  default     = true
  nullable    = false
}
