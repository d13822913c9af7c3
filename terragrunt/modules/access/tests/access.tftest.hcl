# Who gets in: workflows of the named repositories, environments and branches; and that each gets no further than its own.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "000000000000" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
}

variables {
  bucket         = "wallet-world-000000000000-us-east-1-state"
  cluster_prefix = "wallet-world-"
  tenants = {
    dapp-store = {
      repository   = "OWNER/dappstore"
      environments = { preview-dev = "nonprod", preview-nightly = "nonprod" }
      repositories = "dapp-store/"
    }
    newer = {
      repository    = "OWNER/newer"
      owner_id      = "12"
      repository_id = "34"
      environments  = { preview-prod = "prod" }
      repositories  = "newer/"
    }
  }
}

run "trust" {
  command = plan

  assert {
    condition     = aws_iam_openid_connect_provider.github[0].url == "https://token.actions.githubusercontent.com" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "GitHub's tokens for STS are taken"
  }
  assert {
    condition = jsondecode(aws_iam_role.tenant["dapp-store"].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com" }
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = [
            "repo:OWNER/dappstore:environment:preview-dev",
            "repo:OWNER/dappstore:environment:preview-nightly",
          ]
        }
      }
    }]
    error_message = "only jobs of the repository in one of its environments"
  }
  assert {
    condition = jsondecode(aws_iam_role.tenant["newer"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == [
      "repo:OWNER/newer:environment:preview-prod",
      "repo:OWNER@12/newer@34:environment:preview-prod",
    ]
    error_message = "with ids, both forms of the subject"
  }
  assert {
    condition     = aws_iam_role.tenant["newer"].name == "wallet-world-tenant-newer" && aws_iam_role.tenant["newer"].max_session_duration == 7200
    error_message = "a role for each, for two hours"
  }
}

run "trust_of_plans" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.tenant_plan["newer"].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = [
          "repo:OWNER/newer:ref:refs/heads/main",
          "repo:OWNER@12/newer@34:ref:refs/heads/main",
        ]
      }
    }
    error_message = "only jobs of the main branch, in both forms of the subject"
  }
  assert {
    condition     = aws_iam_role.tenant_plan["newer"].name == "wallet-world-tenant-newer-plan" && aws_iam_role.tenant_plan["newer"].max_session_duration == 7200
    error_message = "a role for each, for two hours"
  }
}

run "policy" {
  command = plan

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement : statement.Sid => one(statement.Resource) } == {
      LogInToRegistry = "*"
      PullOwnImages   = "arn:aws:ecr:us-east-1:000000000000:repository/dapp-store/*"
      PushOwnImages   = "arn:aws:ecr:us-east-1:000000000000:repository/dapp-store/*"
      FindClusters    = "arn:aws:eks:us-east-1:000000000000:cluster/wallet-world-nonprod"
      ListOwnState    = "arn:aws:s3:::wallet-world-000000000000-us-east-1-state"
      ReadOwnState    = "arn:aws:s3:::wallet-world-000000000000-us-east-1-state/tenants/dapp-store/*"
      WriteOwnState   = "arn:aws:s3:::wallet-world-000000000000-us-east-1-state/tenants/dapp-store/*"
    }
    error_message = "each statement names what is the tenant's"
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement : statement.Condition if statement.Sid == "ListOwnState"] == [{ StringLike = { "s3:prefix" = "tenants/dapp-store/*" } }]
    error_message = "of the state bucket only its own part is listed"
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement : statement.Action if statement.Resource == ["*"]] == [["ecr:GetAuthorizationToken"]]
    error_message = "nothing but the login is allowed everywhere"
  }
  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement : statement if !contains(["PushOwnImages", "WriteOwnState"], statement.Sid)
    ] == jsondecode(aws_iam_role_policy.tenant_plan["dapp-store"].policy).Statement
    error_message = "who plans does the same, but pushes and writes nothing"
  }
  assert {
    condition = alltrue([
      for action in flatten(jsondecode(aws_iam_role_policy.tenant_plan["dapp-store"].policy).Statement[*].Action) : can(regex(":(Get|List|Describe|BatchGet|BatchCheck)", action))
    ])
    error_message = "who plans reads"
  }
}

run "own_workflows" {
  command = plan

  variables {
    tenants = {}
    workflows = {
      repository    = "US/wallet-world"
      owner_id      = "1"
      repository_id = "2"
      environments  = ["preview-dev", "preview-prod"]
    }
  }

  assert {
    condition = jsondecode(aws_iam_role.deploy[0].assume_role_policy).Statement[0].Condition == {
      StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = [
          "repo:US/wallet-world:environment:preview-dev",
          "repo:US/wallet-world:environment:preview-prod",
          "repo:US@1/wallet-world@2:environment:preview-dev",
          "repo:US@1/wallet-world@2:environment:preview-prod",
        ]
      }
    }
    error_message = "jobs of the GitHub environments deploy"
  }
  assert {
    condition = jsondecode(aws_iam_role.plan[0].assume_role_policy).Statement[0].Condition == {
      StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
      StringLike = {
        "token.actions.githubusercontent.com:sub" = [
          "repo:US/wallet-world:ref:refs/heads/main",
          "repo:US/wallet-world:ref:refs/tags/v*",
          "repo:US@1/wallet-world@2:ref:refs/heads/main",
          "repo:US@1/wallet-world@2:ref:refs/tags/v*",
        ]
      }
    }
    error_message = "the main branch and tags of releases plan"
  }
  assert {
    condition     = aws_iam_role.deploy[0].max_session_duration == 7200 && aws_iam_role.plan[0].max_session_duration == 7200
    error_message = "sessions of two hours, as the jobs ask for"
  }
  assert {
    condition     = aws_iam_role_policy_attachment.plan[0].policy_arn == "arn:aws:iam::aws:policy/ReadOnlyAccess"
    error_message = "who plans reads"
  }
  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.plan[0].policy).Statement : statement.Sid => statement.Resource } == {
      DecryptState         = "arn:aws:secretsmanager:us-east-1:000000000000:secret:wallet-world/state-encryption-*"
      ReadGeneratedSecrets = "arn:aws:secretsmanager:us-east-1:000000000000:secret:wallet-world/*/*/*"
      DrawPasswords        = "*"
    }
    error_message = "and of secrets only the state's key and generated ones, and writes nothing"
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 1 && length(aws_iam_role.tenant) == 0
    error_message = "GitHub's tokens are taken without tenants, too"
  }
}

run "keeps_an_existing_provider" {
  command = plan

  variables {
    create_oidc_provider = false
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && output.oidc_provider_arn == "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com"
    error_message = "the provider is named, not made"
  }
}

run "nobody" {
  command = plan

  variables {
    tenants = {}
  }

  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && output.oidc_provider_arn == null && output.role_arns == {} && output.plan_role_arns == {}
    error_message = "without repositories nothing is made"
  }
  assert {
    condition     = length(aws_iam_role.deploy) == 0 && length(aws_iam_role.plan) == 0
    error_message = "without this repository there are no roles for it"
  }
}

run "refuses_every_branch" {
  command = plan

  variables {
    tenants = { all = { repository = "OWNER/dappstore", environments = { "*" = "nonprod" }, repositories = "dapp-store/" } }
  }

  expect_failures = [var.tenants]
}

run "refuses_a_prefix_without_end" {
  command = plan

  variables {
    tenants = { all = { repository = "OWNER/dappstore", environments = { preview-dev = "nonprod" }, repositories = "dapp" } }
  }

  expect_failures = [var.tenants]
}

run "refuses_one_id_of_two" {
  command = plan

  variables {
    tenants = { one = { repository = "OWNER/one", owner_id = "1", environments = { preview-dev = "nonprod" }, repositories = "one/" } }
  }

  expect_failures = [var.tenants]
}

run "refuses_the_name_of_a_role_that_plans" {
  command = plan

  variables {
    tenants = { one-plan = { repository = "OWNER/one", environments = { preview-dev = "nonprod" }, repositories = "one/" } }
  }

  expect_failures = [var.tenants]
}

run "refuses_own_workflows_without_environment" {
  command = plan

  variables {
    workflows = { repository = "US/wallet-world" }
  }

  expect_failures = [var.workflows]
}

run "refuses_a_pattern_for_the_own_repository" {
  command = plan

  variables {
    workflows = { repository = "US/*", environments = ["preview-dev"] }
  }

  expect_failures = [var.workflows]
}
