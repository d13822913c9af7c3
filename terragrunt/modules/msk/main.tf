# Kafka for the services in the cluster: brokers in the intra subnets, encrypted at rest with a key of its own.

locals {
  broker_count = length(var.subnet_ids) * var.brokers_per_subnet
  replicas     = min(3, local.broker_count)

  # Every topic's copies survive the loss of one broker; topics are made by the first who writes to them.
  server_properties = merge({
    "auto.create.topics.enable"  = "true"
    "default.replication.factor" = local.replicas
    "min.insync.replicas"        = max(1, local.replicas - 1)
    "num.partitions"             = 3
    "log.retention.hours"        = 168
  }, var.server_properties)
}

resource "aws_msk_cluster" "this" {
  cluster_name           = var.name
  kafka_version          = var.kafka_version
  number_of_broker_nodes = local.broker_count

  configuration_info {
    arn      = aws_msk_configuration.this.arn
    revision = aws_msk_configuration.this.latest_revision
  }

  broker_node_group_info {
    instance_type   = var.instance_type
    client_subnets  = var.subnet_ids
    security_groups = [aws_security_group.this.id]

    storage_info {
      ebs_storage_info {
        volume_size = var.volume_gib
      }
    }
  }

  # Oura writes without TLS and without authentication, so who may connect is decided by the security group alone.
  client_authentication {
    unauthenticated = true
  }

  encryption_info {
    encryption_at_rest_kms_key_arn = aws_kms_key.this.arn

    encryption_in_transit {
      client_broker = "TLS_PLAINTEXT"
      in_cluster    = true
    }
  }

  open_monitoring {
    prometheus {
      jmx_exporter {
        enabled_in_broker = true
      }
      node_exporter {
        enabled_in_broker = true
      }
    }
  }

  logging_info {
    broker_logs {
      cloudwatch_logs {
        enabled   = true
        log_group = aws_cloudwatch_log_group.this.name
      }
    }
  }
}

resource "aws_msk_configuration" "this" {
  name              = var.name
  kafka_versions    = [var.kafka_version]
  server_properties = join("", [for key, value in local.server_properties : "${key} = ${value}\n"])
}

resource "aws_kms_key" "this" {
  description         = "Kafka data of ${var.name}"
  enable_key_rotation = true
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.name}-msk"
  target_key_id = aws_kms_key.this.key_id
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/msk/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_security_group" "this" {
  name        = "${var.name}-msk"
  description = "Kafka brokers of ${var.name}"
  vpc_id      = var.vpc_id

  tags = { Name = "${var.name}-msk" }
}

locals {
  ports = { plaintext = [9092, 9092], tls = [9094, 9094], metrics = [11001, 11002] }

  # Keys by place in the list: ids are not known before the first apply.
  ingress = merge([
    for index in range(length(var.client_security_group_ids)) : {
      for name, range in local.ports : "${name}-${index}" => { client = index, from = range[0], to = range[1] }
    }
  ]...)
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each = local.ingress

  security_group_id            = aws_security_group.this.id
  referenced_security_group_id = var.client_security_group_ids[each.value.client]
  ip_protocol                  = "tcp"
  from_port                    = each.value.from
  to_port                      = each.value.to

  # By this, one is found that exists and is not in the state.
  tags = { "wallet-world/resource" = "clients-${each.key}" }
}
