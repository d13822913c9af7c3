# Roles for the workflows of this and of other repositories.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

inputs = {
  bucket         = include.root.locals.bucket
  cluster_prefix = include.root.locals.cluster_prefix
}
