# How to reach the brokers from inside the network.

output "cluster_arn" {
  description = "ARN of the Kafka cluster."
  value       = aws_msk_cluster.this.arn
}

output "bootstrap_brokers" {
  description = "host:port of the brokers, comma separated, without TLS."
  value       = aws_msk_cluster.this.bootstrap_brokers
}

output "brokers" {
  description = "host:port of each broker, without TLS."
  value       = sort(split(",", aws_msk_cluster.this.bootstrap_brokers))
}

output "bootstrap_brokers_tls" {
  description = "host:port of the brokers, comma separated, with TLS."
  value       = aws_msk_cluster.this.bootstrap_brokers_tls
}

output "kafka_version" {
  description = "Version of Kafka."
  value       = aws_msk_cluster.this.kafka_version
}

output "security_group_id" {
  description = "Security group of the brokers."
  value       = aws_security_group.this.id
}
