# One secret per name: made once, readable only in Secrets Manager; no value passes through plan or state.

# Drawn anew in each run and thrown away, unless the version below has changed and so takes it over.
ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = local.generated

  password_length            = each.value.length
  exclude_punctuation        = true # passwords end up in URLs and in pgpass files, where ":" cannot be escaped
  require_each_included_type = true
}

locals {
  generated = { for name, secret in var.secrets : name => secret if secret.generate }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = var.secrets

  name                    = "${var.prefix}/${each.key}"
  description             = each.value.description
  recovery_window_in_days = var.recovery_days
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.generated

  secret_id = aws_secretsmanager_secret.this[each.key].id

  secret_string_wo = jsonencode(merge(
    { password = ephemeral.aws_secretsmanager_random_password.this[each.key].random_password },
    each.value.username == null ? {} : { username = each.value.username },
  ))
  secret_string_wo_version = each.value.version
}
