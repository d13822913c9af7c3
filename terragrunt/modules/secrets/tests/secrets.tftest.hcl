# Names, and who makes the values.

mock_provider "aws" {}

variables {
  prefix = "wallet-world/nonprod/preview-nightly"
  secrets = {
    postgres     = { username = "cexplorer" }
    google-oauth = { generate = false }
  }
}

run "places_and_values" {
  command = plan

  assert {
    condition     = aws_secretsmanager_secret.this["postgres"].name == "wallet-world/nonprod/preview-nightly/postgres"
    error_message = "names start with the prefix"
  }
  assert {
    condition     = keys(aws_secretsmanager_secret_version.this) == ["postgres"]
    error_message = "a value is made only where it is asked for"
  }
}

run "refuses_short_passwords" {
  command = plan

  variables {
    secrets = { postgres = { length = 8 } }
  }

  expect_failures = [var.secrets]
}

run "refuses_a_recovery_of_three_days" {
  command = plan

  variables {
    recovery_days = 3
  }

  expect_failures = [var.recovery_days]
}
