# Repositories: tags never change, images are scanned, names are what ECR takes.

mock_provider "aws" {}

run "immutable_and_scanned" {
  command = plan

  variables {
    repositories = ["wallet-world/ogmios", "dapp-store/api"]
  }

  assert {
    condition     = alltrue([for repository in aws_ecr_repository.this : repository.image_tag_mutability == "IMMUTABLE" && repository.image_scanning_configuration[0].scan_on_push])
    error_message = "immutable tags, scan on push"
  }
  assert {
    condition     = alltrue([for policy in aws_ecr_lifecycle_policy.this : [for rule in jsondecode(policy.policy).rules : rule.selection.tagStatus] == ["untagged"]])
    error_message = "nothing tagged is ever expired"
  }
}

run "none" {
  command = apply

  variables {
    repositories = []
  }

  assert {
    condition     = output.registry == null
    error_message = "without repositories no registry is known"
  }
}

run "refuses_upper_case" {
  command = plan

  variables {
    repositories = ["Wallet-World/ogmios"]
  }

  expect_failures = [var.repositories]
}
