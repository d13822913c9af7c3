# Kafka, in the network's intra subnets, reachable from the cluster's nodes.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

dependency "network" {
  config_path = "../network"

  mock_outputs_allowed_terraform_commands = include.root.locals.mocks_allowed
  mock_outputs = {
    vpc_id           = "vpc-00000000000000001"
    intra_subnet_ids = ["subnet-00000000000000003", "subnet-00000000000000004"]
  }
}

dependency "eks" {
  config_path = "../eks"

  mock_outputs_allowed_terraform_commands = include.root.locals.mocks_allowed
  mock_outputs = {
    node_security_group_id = "sg-00000000000000001"
  }
}

inputs = {
  name                      = include.root.locals.cluster_name
  vpc_id                    = dependency.network.outputs.vpc_id
  subnet_ids                = dependency.network.outputs.intra_subnet_ids
  client_security_group_ids = [dependency.eks.outputs.node_security_group_id]
}
