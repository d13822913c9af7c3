# The address plan, and what it refuses.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
}

variables {
  name               = "test"
  availability_zone_ids = ["use1-az1", "use1-az2", "use1-az4"]
}

run "three_zones_share_one_nat" {
  command = plan

  assert {
    condition     = [for zone in var.availability_zone_ids : aws_subnet.private[zone].cidr_block] == ["10.10.0.0/19", "10.10.32.0/19", "10.10.64.0/19"]
    error_message = "private subnets are /19 from the start of the range"
  }
  assert {
    condition     = [for zone in var.availability_zone_ids : aws_subnet.public[zone].cidr_block] == ["10.10.128.0/24", "10.10.129.0/24", "10.10.130.0/24"]
    error_message = "public subnets are /24 from the middle of the range"
  }
  assert {
    condition     = [for zone in var.availability_zone_ids : aws_subnet.intra[zone].cidr_block] == ["10.10.144.0/24", "10.10.145.0/24", "10.10.146.0/24"]
    error_message = "intra subnets are /24 behind the public ones"
  }
  assert {
    condition     = keys(aws_nat_gateway.this) == ["use1-az1"] && length(aws_route.nat) == 3
    error_message = "every private subnet goes out through the NAT gateway of the first zone"
  }
}

run "two_zones_keep_their_ranges" {
  command = plan

  variables {
    availability_zone_ids = ["use1-az1", "use1-az2"]
  }

  assert {
    condition     = aws_subnet.private["use1-az2"].cidr_block == "10.10.32.0/19"
    error_message = "a zone's ranges do not depend on the zones behind it"
  }
}

run "nat_per_zone" {
  command = plan

  variables {
    nat_per_zone = true
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "one NAT gateway a zone"
  }
}

run "refuses_one_zone" {
  command = plan

  variables {
    availability_zone_ids = ["use1-az1"]
  }

  expect_failures = [var.availability_zone_ids]
}

run "refuses_a_zone_twice" {
  command = plan

  variables {
    availability_zone_ids = ["use1-az1", "use1-az1", "use1-az2"]
  }

  expect_failures = [var.availability_zone_ids]
}

run "refuses_names_of_zones" {
  command = plan

  variables {
    availability_zone_ids = ["us-east-1a", "us-east-1b"]
  }

  expect_failures = [var.availability_zone_ids]
}

run "refuses_a_zone_without_eks" {
  command = plan

  variables {
    availability_zone_ids = ["use1-az1", "use1-az3"]
  }

  expect_failures = [var.availability_zone_ids]
}

run "refuses_a_small_range" {
  command = plan

  variables {
    cidr = "10.10.0.0/24"
  }

  expect_failures = [var.cidr]
}
