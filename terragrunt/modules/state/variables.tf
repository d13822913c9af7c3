# Inputs of the state bucket.

variable "bucket" {
  description = "Name of the bucket, which exists already."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.bucket))
    error_message = "bucket: 3 to 63 lower-case letters, digits, dots and hyphens, as S3 wants it."
  }
}
