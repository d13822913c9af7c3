# Inputs of the Kubernetes cluster.

variable "name" {
  description = "Name of the cluster; the names of its roles and keys start with it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9-]{0,39}$", var.name))
    error_message = "name: up to 40 letters, digits and hyphens, because names of IAM roles are made from it."
  }
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes. Raise it by one at a time."
  type        = string
  default     = "1.35"
  nullable    = false

  validation {
    condition     = can(regex("^1\\.[0-9]+$", var.kubernetes_version))
    error_message = "kubernetes_version: a minor version such as \"1.35\"."
  }
}

variable "control_plane_subnet_ids" {
  description = "Subnets for the control plane's network interfaces, in at least two zones."
  type        = list(string)
  nullable    = false
}

variable "node_subnet_ids" {
  description = "Subnets for the nodes, one a zone."
  type        = list(string)
  nullable    = false
}

variable "public_access_cidrs" {
  description = "Address ranges that may reach the Kubernetes API from outside the network; none: only from inside it."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.public_access_cidrs : can(cidrhost(range, 0))])
    error_message = "public_access_cidrs: IPv4 ranges such as \"203.0.113.0/24\"."
  }
}

variable "node_groups" {
  description = "Pools of nodes, by name. zone_index pins a pool to one zone (a volume cannot leave its zone)."
  type = map(object({
    instance_types = list(string)
    min_size       = number
    max_size       = number
    desired_size   = optional(number)
    disk_gib       = optional(number, 50)
    ami_type       = optional(string, "AL2023_x86_64_STANDARD")
    capacity_type  = optional(string, "ON_DEMAND")
    zone_index     = optional(number)
    labels         = optional(map(string), {})
    taints = optional(list(object({
      key    = string
      value  = optional(string)
      effect = optional(string, "NO_SCHEDULE")
    })), [])
  }))
  nullable = false

  validation {
    condition     = length(var.node_groups) > 0 && anytrue([for group in var.node_groups : length(group.taints) == 0])
    error_message = "node_groups: at least one pool without taints, or the cluster's own pods find no node."
  }
  validation {
    condition     = alltrue([for group in var.node_groups : group.min_size <= group.max_size && group.max_size >= 1])
    error_message = "node_groups: min_size may not exceed max_size, and max_size is at least 1."
  }
  validation {
    condition = alltrue(flatten([
      for group in var.node_groups : [for taint in group.taints : contains(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"], taint.effect)]
    ]))
    error_message = "node_groups: a taint's effect is NO_SCHEDULE, NO_EXECUTE or PREFER_NO_SCHEDULE."
  }
}

variable "access_entries" {
  description = "Principals that may use the Kubernetes API, by a name of your choice. policies: EKS access policy -> namespaces (none: the whole cluster)."
  type = map(object({
    principal_arn = string
    groups        = optional(set(string), [])
    policies      = optional(map(set(string)), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for entry in var.access_entries : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/", entry.principal_arn))])
    error_message = "access_entries: principal_arn is the ARN of an IAM role or user, not of a session."
  }
}

variable "tenants" {
  description = "Other repositories that deploy here: the name that module access made a role for, then the namespaces that it can edit."
  type        = map(set(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for namespaces in var.tenants : length(namespaces) > 0])
    error_message = "tenants: at least one namespace each; none would mean the whole cluster."
  }
}

variable "workflows" {
  description = "Whether module access has made the roles wallet-world-deploy and wallet-world-plan: then they get in."
  type        = bool
  default     = false
  nullable    = false
}

variable "addon_versions" {
  description = "Versions of add-ons, by name; one that is not named gets the default of the Kubernetes version."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the control plane's logs are kept."
  type        = number
  default     = 30
  nullable    = false
}
