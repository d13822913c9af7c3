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

variable "availability_zones" {
  description = "Two or three zones of the region. Add at the end only: a zone's place decides its address ranges."
  type        = list(string)
  nullable    = false

  validation {
    condition     = contains([2, 3], length(distinct(var.availability_zones))) && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "availability_zones: two or three different zones, for example [\"us-east-1a\", \"us-east-1b\"]."
  }
}

variable "nat_per_zone" {
  description = "One NAT gateway in each zone instead of one for all. One is cheaper; with it, the loss of its zone cuts the others off."
  type        = bool
  default     = false
  nullable    = false
}
