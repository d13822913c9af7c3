# Who may use the Kubernetes API: an entry for each principal, with groups of ours or policies of EKS.

locals {
  # The roles are made by module access, in the scope above.
  tenant_entries = {
    for name, namespaces in var.tenants : "tenant-${name}" => {
      principal_arn = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:role/wallet-world-tenant-${name}"
      groups        = []
      policies      = { AmazonEKSEditPolicy = namespaces }
    }
  }
  access_entries = merge(var.access_entries, local.tenant_entries)

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

resource "aws_eks_access_entry" "this" {
  for_each = local.access_entries

  cluster_name      = aws_eks_cluster.this.name
  principal_arn     = each.value.principal_arn
  kubernetes_groups = each.value.groups
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
