# Who gets in: workflows of the named repositories and environments; and that each gets no further than its own.

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
    error_message = "a role for each, for an hour"
  }
}

run "policy" {
  command = plan

  assert {
    condition = { for statement in jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement : statement.Sid => statement.Resource } == {
      LogInToRegistry      = "*"
      PullAndPushOwnImages = "arn:aws:ecr:us-east-1:000000000000:repository/dapp-store/*"
      FindClusters         = ["arn:aws:eks:us-east-1:000000000000:cluster/wallet-world-nonprod"]
      ListOwnState         = "arn:aws:s3:::wallet-world-000000000000-us-east-1-state"
      KeepOwnState         = "arn:aws:s3:::wallet-world-000000000000-us-east-1-state/tenants/dapp-store/*"
    }
    error_message = "each statement names what is the tenant's"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement[3].Condition == { StringLike = { "s3:prefix" = "tenants/dapp-store/*" } }
    error_message = "of the state bucket only its own part is listed"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.tenant["dapp-store"].policy).Statement[0].Action == "ecr:GetAuthorizationToken"
    error_message = "nothing but the login is allowed everywhere"
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
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && output.oidc_provider_arn == null && output.role_arns == {}
    error_message = "without tenants nothing is made"
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
