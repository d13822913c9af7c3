# What is built in this network needs these.

output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "vpc_cidr" {
  description = "Address range of the VPC."
  value       = aws_vpc.this.cidr_block
}

output "availability_zone_ids" {
  description = "The zones, by id, in the order of the subnets below."
  value       = var.availability_zone_ids
}

output "public_subnet_ids" {
  description = "Subnets with public addresses, one a zone: load balancers."
  value       = [for zone in var.availability_zone_ids : aws_subnet.public[zone].id]
}

output "private_subnet_ids" {
  description = "Subnets that reach the internet through NAT, one a zone: nodes."
  value       = [for zone in var.availability_zone_ids : aws_subnet.private[zone].id]
}

output "intra_subnet_ids" {
  description = "Subnets without a way out, one a zone: control plane, databases, Kafka."
  value       = [for zone in var.availability_zone_ids : aws_subnet.intra[zone].id]
}

output "nat_public_ips" {
  description = "Addresses that the nodes' outgoing connections come from."
  value       = [for zone in local.nat_zones : aws_eip.nat[zone].public_ip]
}
