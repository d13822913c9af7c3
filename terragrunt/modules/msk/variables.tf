# Inputs of Kafka.

variable "name" {
  description = "Name of the Kafka cluster; its configuration, key and log group carry it too."
  type        = string
  nullable    = false
}

variable "vpc_id" {
  description = "VPC of the brokers."
  type        = string
  nullable    = false
}

variable "subnet_ids" {
  description = "Subnets of the brokers, one a zone; two or three."
  type        = list(string)
  nullable    = false

  validation {
    condition     = contains([2, 3], length(var.subnet_ids))
    error_message = "subnet_ids: two or three subnets, each in a zone of its own."
  }
}

variable "client_security_group_ids" {
  description = "Security groups whose members may connect."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.client_security_group_ids) > 0
    error_message = "client_security_group_ids: at least one, or nobody can connect."
  }
}

variable "kafka_version" {
  description = "Version of Kafka, spelled as MSK does. 3.9 is the last that Oura's client can speak to; ZooKeeper clusters cannot become KRaft ones later."
  type        = string
  default     = "3.9.x.kraft"
  nullable    = false

  validation {
    condition     = can(regex("^3\\.9\\.x(\\.kraft)?$", var.kafka_version))
    error_message = "kafka_version: \"3.9.x.kraft\", or \"3.9.x\" for a cluster with ZooKeeper."
  }
}

variable "instance_type" {
  description = "Size of a broker. MSK is said to refuse kafka.t3.small for clusters with KRaft, though its list of sizes has it."
  type        = string
  default     = "kafka.m7g.large"
  nullable    = false

  validation {
    condition     = startswith(var.instance_type, "kafka.")
    error_message = "instance_type: a broker size such as \"kafka.m7g.large\"."
  }
}

variable "brokers_per_subnet" {
  description = "Brokers in each subnet."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.brokers_per_subnet >= 1
    error_message = "brokers_per_subnet: at least 1."
  }
}

variable "volume_gib" {
  description = "Disk of each broker. It can grow, never shrink."
  type        = number
  default     = 20
  nullable    = false
}

variable "server_properties" {
  description = "Broker settings beside this module's own, which they override."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that the brokers' logs are kept."
  type        = number
  default     = 14
  nullable    = false
}
