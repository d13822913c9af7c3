# A Postgres instance that only the cluster's nodes reach, with TLS, and a master password that RDS makes and keeps.
#
# The RDS API makes one database. Further ones are made in Postgres by what uses them.

resource "aws_db_instance" "this" {
  identifier = var.identifier

  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class

  storage_type          = var.storage_type
  allocated_storage     = var.allocated_gib
  max_allocated_storage = var.max_allocated_gib
  iops                  = var.iops
  storage_encrypted     = true

  db_name  = var.database
  username = var.username
  # In Secrets Manager, never in the state.
  manage_master_user_password = true

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  parameter_group_name   = aws_db_parameter_group.this.name
  publicly_accessible    = false
  multi_az               = var.multi_az

  auto_minor_version_upgrade = true
  apply_immediately          = var.apply_immediately
  backup_retention_period    = var.backup_days
  copy_tags_to_snapshot      = true
  deletion_protection        = var.deletion_protection
  skip_final_snapshot        = var.skip_final_snapshot
  final_snapshot_identifier  = var.skip_final_snapshot ? null : "${var.identifier}-final"

  lifecycle {
    prevent_destroy = var.deletion_protection
  }
}

# Left alone, RDS changes the password every seven days and so locks out whoever holds a copy until the next deployment.
resource "aws_secretsmanager_secret_rotation" "master" {
  secret_id          = aws_db_instance.this.master_user_secret[0].secret_arn
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = 365
  }

  # The secret goes with the instance, and its schedule with it.
  lifecycle {
    destroy = false
  }
}

resource "aws_db_subnet_group" "this" {
  name       = var.identifier
  subnet_ids = var.subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name   = "${var.identifier}-${local.family}"
  family = local.family

  dynamic "parameter" {
    for_each = merge({ "rds.force_ssl" = "1" }, var.parameters)

    content {
      name  = parameter.key
      value = parameter.value
      # Static parameters refuse any other; for dynamic ones it means no more than a later moment.
      apply_method = "pending-reboot"
    }
  }

  # A new major version needs a new group, made before the instance lets go of the old one.
  lifecycle {
    create_before_destroy = true
  }
}

locals {
  family = "postgres${split(".", var.engine_version)[0]}"
}

resource "aws_security_group" "this" {
  name        = "${var.identifier}-rds"
  description = "Database ${var.identifier}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.identifier}-rds" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  # By place in the list: ids need not be known when planning.
  count = length(var.client_security_group_ids)

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.client_security_group_ids[count.index]
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432

  # By this, one is found that exists and is not in the state.
  tags = { "wallet-world/resource" = "clients-${count.index}" }
}
