# How to reach the cluster, and what others attach to it.

output "cluster_name" {
  description = "Name of the cluster, as tokens need it."
  value       = aws_eks_cluster.this.name
}

output "cluster_arn" {
  description = "ARN of the cluster."
  value       = aws_eks_cluster.this.arn
}

output "kubernetes_version" {
  description = "Minor version of Kubernetes."
  value       = aws_eks_cluster.this.version
}

output "endpoint" {
  description = "Address of the Kubernetes API."
  value       = aws_eks_cluster.this.endpoint
}

output "certificate_authority" {
  description = "Certificate (PEM, base64) that the Kubernetes API is checked against."
  value       = aws_eks_cluster.this.certificate_authority[0].data
}

output "oidc_issuer" {
  description = "Issuer of the cluster's service account tokens."
  value       = aws_eks_cluster.this.identity[0].oidc[0].issuer
}

output "node_security_group_id" {
  description = "Security group of nodes and pods: databases and brokers let it in."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

output "node_role_arn" {
  description = "Role of the nodes."
  value       = aws_iam_role.node.arn
}

output "node_groups" {
  description = "Labels and taints of each pool."
  value       = { for name, group in var.node_groups : name => { labels = group.labels, taints = group.taints } }
}

output "kms_key_arn" {
  description = "Key that encrypts Kubernetes Secrets."
  value       = aws_kms_key.this.arn
}
