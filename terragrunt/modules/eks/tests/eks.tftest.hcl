# Access is closed unless asked for, pools get what they ask for, and bad pools are refused.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "000000000000"
      arn        = "arn:aws:sts::000000000000:assumed-role/creator/session"
    }
  }
  mock_data "aws_iam_session_context" {
    defaults = { issuer_arn = "arn:aws:iam::000000000000:role/creator" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_eks_cluster" {
    defaults = {
      certificate_authority = [{ data = "dGVzdA==" }]
      identity              = [{ oidc = [{ issuer = "https://oidc.test" }] }]
    }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::000000000000:role/test" }
  }
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:us-east-1:000000000000:key/test" }
  }
  mock_resource "aws_launch_template" {
    defaults = { id = "lt-00000000000000001", latest_version = 1 }
  }
}

variables {
  name                     = "test"
  control_plane_subnet_ids = ["subnet-1", "subnet-2"]
  node_subnet_ids          = ["subnet-3", "subnet-4"]
  node_groups = {
    general = { instance_types = ["t3a.large"], min_size = 1, max_size = 2 }
    cardano = {
      instance_types = ["r6a.2xlarge"]
      min_size       = 0
      max_size       = 1
      zone_index     = 1
      labels         = { pool = "cardano" }
      taints         = [{ key = "pool", value = "cardano" }]
    }
  }
}

run "private_by_default" {
  command = plan

  assert {
    condition     = aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "nobody pays for extended support unasked"
  }
  assert {
    condition     = !aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].endpoint_private_access
    error_message = "without ranges the API is reached from inside only"
  }
  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API"
    error_message = "access by entries only"
  }
  assert {
    condition     = length(aws_eks_access_entry.this) == 0
    error_message = "nobody has access who is not named"
  }
}

run "public_for_named_ranges" {
  command = plan

  variables {
    public_access_cidrs = ["203.0.113.0/24"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.0/24"])
    error_message = "the API is open to the named ranges"
  }
}

run "pools" {
  command = plan

  assert {
    condition     = aws_eks_node_group.this["cardano"].subnet_ids == toset(["subnet-4"]) && aws_eks_node_group.this["general"].subnet_ids == toset(["subnet-3", "subnet-4"])
    error_message = "zone_index pins a pool to one zone"
  }
  assert {
    condition     = one(aws_eks_node_group.this["cardano"].taint).effect == "NO_SCHEDULE" && aws_eks_node_group.this["cardano"].labels.pool == "cardano"
    error_message = "labels and taints reach the pool"
  }
  assert {
    condition     = aws_launch_template.node["general"].metadata_options[0].http_tokens == "required" && aws_launch_template.node["general"].metadata_options[0].http_put_response_hop_limit == 1
    error_message = "pods cannot take the node's credentials"
  }
}

run "access" {
  command = plan

  variables {
    access_entries = {
      admins = {
        principal_arn = "arn:aws:iam::000000000000:role/admin"
        policies      = { AmazonEKSClusterAdminPolicy = [] }
      }
      dapp-store = {
        principal_arn = "arn:aws:iam::000000000000:role/dapp-store"
        policies      = { AmazonEKSEditPolicy = ["dapp-store-preview-dev"] }
      }
    }
  }

  assert {
    condition     = aws_eks_access_policy_association.this["admins/AmazonEKSClusterAdminPolicy"].access_scope[0].type == "cluster"
    error_message = "no namespaces: the whole cluster"
  }
  assert {
    condition = (
      aws_eks_access_policy_association.this["dapp-store/AmazonEKSEditPolicy"].access_scope[0].type == "namespace" &&
      aws_eks_access_policy_association.this["dapp-store/AmazonEKSEditPolicy"].access_scope[0].namespaces == toset(["dapp-store-preview-dev"])
    )
    error_message = "namespaces limit the policy"
  }
}

run "tenants" {
  command = plan

  variables {
    access_entries = {
      admins = {
        principal_arn = "arn:aws:iam::000000000000:role/admin"
        policies      = { AmazonEKSClusterAdminPolicy = [] }
      }
    }
    tenants = { dapp-store = ["dapp-store-preview-dev", "dapp-store-preview-nightly"] }
  }

  assert {
    condition     = aws_eks_access_entry.this["tenant-dapp-store"].principal_arn == "arn:aws:iam::000000000000:role/wallet-world-tenant-dapp-store"
    error_message = "the role that module access makes"
  }
  assert {
    condition = (
      keys(aws_eks_access_policy_association.this) == [
        "admins/AmazonEKSClusterAdminPolicy",
        "tenant-dapp-store-plan/AmazonEKSSecretReaderPolicy",
        "tenant-dapp-store-plan/AmazonEKSViewPolicy",
        "tenant-dapp-store/AmazonEKSEditPolicy",
      ] &&
      aws_eks_access_policy_association.this["tenant-dapp-store/AmazonEKSEditPolicy"].access_scope[0].type == "namespace" &&
      aws_eks_access_policy_association.this["tenant-dapp-store/AmazonEKSEditPolicy"].access_scope[0].namespaces == toset(["dapp-store-preview-dev", "dapp-store-preview-nightly"])
    )
    error_message = "a tenant edits its namespaces, beside those who are named one by one"
  }
  assert {
    condition     = aws_eks_access_entry.this["tenant-dapp-store-plan"].principal_arn == "arn:aws:iam::000000000000:role/wallet-world-tenant-dapp-store-plan"
    error_message = "the role that module access makes for its plans"
  }
  assert {
    condition = alltrue([
      for policy in ["AmazonEKSSecretReaderPolicy", "AmazonEKSViewPolicy"] :
      aws_eks_access_policy_association.this["tenant-dapp-store-plan/${policy}"].access_scope[0].type == "namespace" &&
      aws_eks_access_policy_association.this["tenant-dapp-store-plan/${policy}"].access_scope[0].namespaces == toset(["dapp-store-preview-dev", "dapp-store-preview-nightly"])
    ])
    error_message = "and reads the same namespaces, no others"
  }
}

run "workflows" {
  command = plan

  variables {
    workflows = true
  }

  assert {
    condition = { for name, entry in aws_eks_access_entry.this : name => entry.principal_arn } == {
      workflows-deploy = "arn:aws:iam::000000000000:role/wallet-world-deploy"
      workflows-plan   = "arn:aws:iam::000000000000:role/wallet-world-plan"
    }
    error_message = "the roles that module access makes"
  }
  assert {
    condition = { for name, association in aws_eks_access_policy_association.this : name => association.access_scope[0].type } == {
      "workflows-deploy/AmazonEKSClusterAdminPolicy" = "cluster"
      "workflows-plan/AmazonEKSSecretReaderPolicy"   = "cluster"
      "workflows-plan/AmazonEKSViewPolicy"           = "cluster"
    }
    error_message = "one may do everything, the other read releases"
  }
}

run "whoever_made_the_cluster_is_in_already" {
  command = plan

  variables {
    workflows      = true
    access_entries = { me = { principal_arn = "arn:aws:iam::000000000000:role/creator" } }
  }

  assert {
    condition     = keys(aws_eks_access_entry.this) == ["workflows-deploy", "workflows-plan"]
    error_message = "EKS refuses a second entry"
  }
}

run "also_when_it_was_a_workflow" {
  command = plan

  variables {
    workflows = true
  }
  override_data {
    target = data.aws_iam_session_context.current
    values = { issuer_arn = "arn:aws:iam::000000000000:role/wallet-world-deploy" }
  }

  assert {
    condition     = keys(aws_eks_access_entry.this) == ["workflows-plan"]
    error_message = "EKS refuses a second entry"
  }
}

run "refuses_tenants_without_namespaces" {
  command = plan

  variables {
    tenants = { dapp-store = [] }
  }

  expect_failures = [var.tenants]
}

run "refuses_only_tainted_pools" {
  command = plan

  variables {
    node_groups = { only = { instance_types = ["t3a.large"], min_size = 1, max_size = 1, taints = [{ key = "pool" }] } }
  }

  expect_failures = [var.node_groups]
}

run "refuses_a_session_as_principal" {
  command = plan

  variables {
    access_entries = { me = { principal_arn = "arn:aws:sts::000000000000:assumed-role/admin/me" } }
  }

  expect_failures = [var.access_entries]
}
