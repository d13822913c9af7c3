# Where to push and pull.

output "repository_urls" {
  description = "Address of each repository (host and name, without tag), by name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.repository_url }
}

output "repository_arns" {
  description = "ARN of each repository, by name."
  value       = { for name, repository in aws_ecr_repository.this : name => repository.arn }
}

output "registry" {
  description = "Host of the registry; null while there is no repository."
  value       = try(split("/", values(aws_ecr_repository.this)[0].repository_url)[0], null)
}
