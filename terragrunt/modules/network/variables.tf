# Inputs of the network.

variable "name" {
  description = "Name of the network; every part's name starts with it."
  type        = string
  nullable    = false
}

variable "cidr" {
  description = "Address range of the VPC. It cannot be changed later without making everything anew."
  type        = string
  default     = "10.10.0.0/16"
  nullable    = false

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]), 0) >= 16 && try(tonumber(split("/", var.cidr)[1]), 99) <= 18
    error_message = "cidr: an IPv4 range from /16 to /18, for example 10.10.0.0/16; pods take their addresses from it."
  }
}

variable "availability_zone_ids" {
  description = "Two or three zones of the region, by id: a zone has another name in each account. Add at the end only: a zone's place decides its address ranges."
  type        = list(string)
  nullable    = false

  validation {
    condition     = contains([2, 3], length(distinct(var.availability_zone_ids))) && length(distinct(var.availability_zone_ids)) == length(var.availability_zone_ids)
    error_message = "availability_zone_ids: two or three different zones, for example [\"use1-az1\", \"use1-az2\"]."
  }

  validation {
    condition     = alltrue([for zone in var.availability_zone_ids : can(regex("^[a-z]+[0-9]-az[0-9]$", zone))])
    error_message = "availability_zone_ids: ids such as use1-az1, not names such as us-east-1a. `aws ec2 describe-availability-zones` lists both."
  }

  # https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
  validation {
    condition     = length(setintersection(var.availability_zone_ids, ["use1-az3", "usw1-az2", "cac1-az3"])) == 0
    error_message = "availability_zone_ids: EKS takes no subnets in use1-az3, usw1-az2 and cac1-az3."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway in each zone instead of one for all. One is cheaper; with it, the loss of its zone cuts the others off."
  type        = bool
  default     = false
  nullable    = false
}
