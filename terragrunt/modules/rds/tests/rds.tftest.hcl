# The careful defaults, how a tier relaxes them, and what cannot be relaxed.

mock_provider "aws" {
  mock_resource "aws_db_instance" {
    defaults = {
      master_user_secret = [{
        secret_arn    = "arn:aws:secretsmanager:us-east-1:000000000000:secret:test"
        secret_status = "active"
        kms_key_id    = "arn:aws:kms:us-east-1:000000000000:key/test"
      }]
    }
  }
}

variables {
  identifier                = "test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = ["sg-1"]
  database                  = "dapp_store"
}

run "careful_by_default" {
  command = plan

  assert {
    condition = (
      aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot &&
      aws_db_instance.this.final_snapshot_identifier == "test-final" && aws_db_instance.this.backup_retention_period == 7
    )
    error_message = "protected, with backups and a last snapshot"
  }
  assert {
    condition     = aws_db_instance.this.storage_encrypted && !aws_db_instance.this.publicly_accessible && aws_db_instance.this.manage_master_user_password
    error_message = "encrypted, private, password kept by RDS"
  }
  assert {
    condition     = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value } == { "rds.force_ssl" = "1" }
    error_message = "TLS is forced"
  }
  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.clients) == 1 && aws_vpc_security_group_ingress_rule.clients[0].from_port == 5432
    error_message = "only the named clients get in, to Postgres"
  }
}

run "nightly" {
  command = plan

  variables {
    deletion_protection = false
    skip_final_snapshot = true
    backup_days         = 0
    max_allocated_gib   = 0
  }

  assert {
    condition     = !aws_db_instance.this.deletion_protection && aws_db_instance.this.final_snapshot_identifier == null
    error_message = "may be deleted without traces"
  }
}

run "refuses_plain_connections" {
  command = plan

  variables {
    parameters = { "rds.force_ssl" = "0" }
  }

  expect_failures = [var.parameters]
}

run "refuses_protection_without_backups" {
  command = plan

  variables {
    backup_days = 0
  }

  expect_failures = [var.backup_days]
}

run "refuses_protection_without_last_snapshot" {
  command = plan

  variables {
    skip_final_snapshot = true
  }

  expect_failures = [var.skip_final_snapshot]
}

run "refuses_io2_without_iops" {
  command = plan

  variables {
    storage_type      = "io2"
    allocated_gib     = 100
    max_allocated_gib = 0
  }

  expect_failures = [var.iops]
}

run "refuses_small_io2" {
  command = plan

  variables {
    storage_type = "io2"
    iops         = 3000
  }

  expect_failures = [var.allocated_gib]
}
