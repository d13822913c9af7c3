# Topics survive the loss of a broker, and only named clients get in.

mock_provider "aws" {
  mock_resource "aws_msk_configuration" {
    defaults = { arn = "arn:aws:kafka:us-east-1:000000000000:configuration/test/1" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:000000000000:key/test" }
  }
}

variables {
  name                      = "test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2", "subnet-3"]
  client_security_group_ids = ["sg-1"]
}

run "three_zones" {
  command = plan

  assert {
    condition     = aws_msk_cluster.this.number_of_broker_nodes == 3
    error_message = "one broker a zone"
  }
  assert {
    condition = alltrue([
      for line in ["default.replication.factor = 3", "min.insync.replicas = 2"] : contains(split("\n", aws_msk_configuration.this.server_properties), line)
    ])
    error_message = "three copies, two of them in step"
  }
  assert {
    condition     = aws_msk_cluster.this.encryption_info[0].encryption_in_transit[0].client_broker == "TLS_PLAINTEXT"
    error_message = "clients with and without TLS"
  }
  assert {
    condition     = toset([for rule in aws_vpc_security_group_ingress_rule.clients : rule.from_port]) == toset([9092, 9094, 11001])
    error_message = "plaintext, TLS and metrics, nothing else"
  }
}

run "two_zones" {
  command = plan

  variables {
    subnet_ids        = ["subnet-1", "subnet-2"]
    server_properties = { "log.retention.hours" = "24" }
  }

  assert {
    condition = alltrue([
      for line in ["default.replication.factor = 2", "min.insync.replicas = 1", "log.retention.hours = 24"] :
      contains(split("\n", aws_msk_configuration.this.server_properties), line)
    ])
    error_message = "two copies, of which one may be lost, and the caller's settings win"
  }
}

run "refuses_kafka_4" {
  command = plan

  variables {
    kafka_version = "4.0.x.kraft"
  }

  expect_failures = [var.kafka_version]
}

run "refuses_one_zone" {
  command = plan

  variables {
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [var.subnet_ids]
}
