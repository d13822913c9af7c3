# The environment's database instance, in the intra subnets of the cluster's network, reachable from its nodes.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

inputs = {
  identifier                = include.root.locals.environment_name
  vpc_id                    = try(include.root.locals.outputs.network.vpc_id, null)
  subnet_ids                = try(include.root.locals.outputs.network.intra_subnet_ids, null)
  client_security_group_ids = try([include.root.locals.outputs.eks.node_security_group_id], null)
}
