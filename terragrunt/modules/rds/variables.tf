# Inputs of the database instance. The defaults are the careful ones: tiers relax them.

variable "identifier" {
  description = "Name of the instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.identifier)) && length(var.identifier) <= 57
    error_message = "identifier: up to 57 lower-case letters, digits and single hyphens, beginning with a letter."
  }
}

variable "vpc_id" {
  description = "VPC of the instance."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the instance, in at least two zones."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "subnet_ids: subnets in at least two zones, as RDS demands."
  }
}

variable "client_security_group_ids" {
  description = "Security groups whose members may connect."
  type        = list(string)
  nullable    = false
}

variable "engine_version" {
  description = "Version of Postgres: major, or major and minor. With a major version only, RDS picks the minor ones."
  type        = string
  default     = "17"
  nullable    = false

  validation {
    condition     = can(regex("^1[5-9](\\.[0-9]+)?$", var.engine_version))
    error_message = "engine_version: Postgres 15 or later, for example \"17\"."
  }
}

variable "instance_class" {
  description = "Size of the instance."
  type        = string
  default     = "db.t4g.small"
  nullable    = false

  validation {
    condition     = startswith(var.instance_class, "db.")
    error_message = "instance_class: a size such as \"db.t4g.small\"."
  }
}

variable "storage_type" {
  description = "gp3, or io2 where many small reads and writes per second are needed (db-sync on mainnet)."
  type        = string
  default     = "gp3"
  nullable    = false

  validation {
    condition     = contains(["gp3", "io2"], var.storage_type)
    error_message = "storage_type: gp3 or io2."
  }
}

variable "allocated_gib" {
  description = "Disk at the start. It can grow, never shrink."
  type        = number
  default     = 20
  nullable    = false

  validation {
    condition     = var.allocated_gib >= 20
    error_message = "allocated_gib: at least 20."
  }
  validation {
    condition     = var.storage_type != "io2" || var.allocated_gib >= 100
    error_message = "allocated_gib: at least 100 with io2, as RDS demands."
  }
}

variable "max_allocated_gib" {
  description = "Up to where RDS lets the disk grow by itself; 0: not at all."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.max_allocated_gib == 0 || var.max_allocated_gib > var.allocated_gib
    error_message = "max_allocated_gib: more than allocated_gib, or 0."
  }
}

variable "iops" {
  description = "Provisioned operations per second; needed for io2, for gp3 only from 400 GiB."
  type        = number
  default     = null

  validation {
    condition     = var.storage_type != "io2" || var.iops != null
    error_message = "iops: io2 needs a number."
  }
}

variable "database" {
  description = "The database that is made with the instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database))
    error_message = "database: lower-case letters, digits and underscores, beginning with a letter, up to 63."
  }
}

variable "username" {
  description = "Master user."
  type        = string
  default     = "master_user"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,15}$", var.username)) && !contains(["rdsadmin", "admin", "user"], var.username)
    error_message = "username: up to 16 lower-case letters, digits and underscores, beginning with a letter, and not a reserved word."
  }
}

variable "parameters" {
  description = "Postgres parameters beside rds.force_ssl."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = lookup(var.parameters, "rds.force_ssl", "1") == "1"
    error_message = "parameters: rds.force_ssl stays 1; clients connect with TLS."
  }
}

variable "multi_az" {
  description = "Keep a standby in another zone."
  type        = bool
  default     = false
  nullable    = false
}

variable "apply_immediately" {
  description = "Carry out changes at once, not in the maintenance window."
  type        = bool
  default     = false
  nullable    = false
}

variable "backup_days" {
  description = "Days that daily backups are kept; 0: none, and no way back to a point in time."
  type        = number
  default     = 7
  nullable    = false

  validation {
    condition     = var.backup_days >= 0 && var.backup_days <= 35
    error_message = "backup_days: 0 to 35."
  }
  validation {
    condition     = var.backup_days > 0 || !var.deletion_protection
    error_message = "backup_days: a database that is protected from deletion is worth a backup; at least 1."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the instance, in AWS and already when planning."
  type        = bool
  default     = true
  nullable    = false
}

variable "skip_final_snapshot" {
  description = "Delete without a last snapshot."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.skip_final_snapshot && var.deletion_protection)
    error_message = "skip_final_snapshot: not together with deletion_protection."
  }
}
