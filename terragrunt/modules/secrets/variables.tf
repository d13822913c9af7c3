# Inputs of the secrets.

variable "prefix" {
  description = "What the names in Secrets Manager start with; access is granted by it."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$", var.prefix))
    error_message = "prefix: letters, digits, and _ . - in parts separated by slashes; none at the end."
  }
}

variable "secrets" {
  description = <<-EOT
    The secrets, by name. Each gets a value {"password"} or, with username, {"username", "password"}, made once.
    version: raise it to have a new password made. generate = false: only the place is made, somebody else fills it.
  EOT
  type = map(object({
    description = optional(string, "")
    username    = optional(string)
    length      = optional(number, 32)
    version     = optional(number, 1)
    generate    = optional(bool, true)
  }))
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[a-z0-9]+(-[a-z0-9]+)*$", name))])
    error_message = "secrets: names are lower-case letters, digits and single hyphens, for example \"postgres\" or \"api-session-key\"."
  }
  validation {
    condition     = alltrue([for secret in var.secrets : secret.length >= 16 && secret.length <= 256 && secret.version >= 1])
    error_message = "secrets: length is 16 to 256, version at least 1."
  }
}

variable "recovery_days" {
  description = "Days in which a deleted secret can be brought back, 7 to 30; until then its name is taken. 0: gone at once."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.recovery_days == 0 || (var.recovery_days >= 7 && var.recovery_days <= 30)
    error_message = "recovery_days: 7 to 30, or 0."
  }
}
