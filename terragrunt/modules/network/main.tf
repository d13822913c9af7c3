# A VPC with three kinds of subnets in each zone: public (load balancers, NAT), private (nodes), intra (no way out).

locals {
  # A zone's place in the list decides its ranges, so zones may only be added at the end.
  zones = { for index, zone in var.availability_zone_ids : zone => index }

  # Of a /16: private /19 from the start (pods take their addresses there), public and intra /24 from the upper half.
  private_cidrs = { for zone, index in local.zones : zone => cidrsubnet(var.cidr, 3, index) }
  public_cidrs  = { for zone, index in local.zones : zone => cidrsubnet(var.cidr, 8, 128 + index) }
  intra_cidrs   = { for zone, index in local.zones : zone => cidrsubnet(var.cidr, 8, 144 + index) }

  nat_zones = var.nat_per_zone ? var.availability_zone_ids : slice(var.availability_zone_ids, 0, 1)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

# Nothing may use the default security group: without rules it lets nothing in or out.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id

  tags = { Name = "${var.name}-closed" }
}

resource "aws_subnet" "public" {
  for_each = local.public_cidrs

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value

  tags = {
    Name                     = "${var.name}-public-${each.key}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  for_each = local.private_cidrs

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value

  tags = {
    Name                              = "${var.name}-private-${each.key}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "intra" {
  for_each = local.intra_cidrs

  vpc_id               = aws_vpc.this.id
  availability_zone_id = each.key
  cidr_block           = each.value

  tags = { Name = "${var.name}-intra-${each.key}" }
}
