# Who may use the Kubernetes API: an entry for each principal, with groups of ours or policies of EKS.

locals {
  # The roles are made by module access, in the scope above.
  role = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/wallet-world"

  # Releases are Secrets: who plans has to read them, and so reads all Secrets of the same namespaces.
  workflow_entries = {
    workflows-deploy = { principal_arn = "${local.role}-deploy", policies = { AmazonEKSClusterAdminPolicy = [] } }
    workflows-plan   = { principal_arn = "${local.role}-plan", policies = { AmazonEKSViewPolicy = [], AmazonEKSSecretReaderPolicy = [] } }
  }
  tenant_entries = {
    for name, namespaces in var.tenants : "tenant-${name}" => {
      principal_arn = "${local.role}-tenant-${name}"
      policies      = { AmazonEKSEditPolicy = namespaces }
    }
  }
  tenant_plan_entries = {
    for name, namespaces in var.tenants : "tenant-${name}-plan" => {
      principal_arn = "${local.role}-tenant-${name}-plan"
      policies      = { AmazonEKSViewPolicy = namespaces, AmazonEKSSecretReaderPolicy = namespaces }
    }
  }
  wanted_entries = merge(
    var.access_entries,
    { for name, entry in local.workflow_entries : name => entry if var.workflows },
    local.tenant_entries,
    local.tenant_plan_entries,
  )
  access_entries = { for name, entry in local.wanted_entries : name => entry if entry.principal_arn != terraform_data.creator.input }

  access_policies = merge([
    for name, entry in local.access_entries : {
      for policy, namespaces in entry.policies : "${name}/${policy}" => {
        entry      = name
        policy     = policy
        namespaces = namespaces
      }
    }
  ]...)
}

# Who made the cluster. EKS has given him an entry that may do everything, and refuses a second one.
resource "terraform_data" "creator" {
  input = data.aws_iam_session_context.current.issuer_arn

  lifecycle {
    ignore_changes       = [input]
    replace_triggered_by = [aws_eks_cluster.this.created_at]
  }
}

resource "aws_eks_access_entry" "this" {
  for_each = local.access_entries

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value.principal_arn
  kubernetes_groups = try(each.value.groups, [])
}

resource "aws_eks_access_policy_association" "this" {
  for_each = local.access_policies

  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.this[each.value.entry].principal_arn
  policy_arn    = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/${each.value.policy}"

  access_scope {
    type       = length(each.value.namespaces) > 0 ? "namespace" : "cluster"
    namespaces = each.value.namespaces
  }
}

data "aws_caller_identity" "current" {}

# The role behind a session.
data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}
