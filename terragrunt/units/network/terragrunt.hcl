# The cluster's network.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

inputs = {
  name = include.root.locals.cluster_name
}
