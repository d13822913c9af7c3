# The Kubernetes cluster, in the network's subnets.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

dependency "network" {
  config_path = "../network"

  mock_outputs_allowed_terraform_commands = include.root.locals.mocks_allowed
  mock_outputs = {
    private_subnet_ids = ["subnet-00000000000000001", "subnet-00000000000000002"]
    intra_subnet_ids   = ["subnet-00000000000000003", "subnet-00000000000000004"]
  }
}

inputs = {
  name                     = include.root.locals.cluster_name
  node_subnet_ids          = dependency.network.outputs.private_subnet_ids
  control_plane_subnet_ids = dependency.network.outputs.intra_subnet_ids
}
