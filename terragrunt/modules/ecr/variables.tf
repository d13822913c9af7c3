# Inputs of the repositories.

variable "repositories" {
  description = "Names of the repositories, for example \"wallet-world/ogmios\" or \"wallet-world/charts/dapp-store\"."
  type        = set(string)
  nullable    = false

  validation {
    condition = alltrue([
      for name in var.repositories : can(regex("^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*$", name)) && length(name) <= 256
    ])
    error_message = "repositories: lower-case letters and digits, joined by single dots, hyphens or underscores, in parts separated by slashes."
  }
}

variable "untagged_days" {
  description = "Days after which an untagged image is deleted."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.untagged_days >= 1
    error_message = "untagged_days: at least 1."
  }
}
