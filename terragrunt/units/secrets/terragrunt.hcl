# The environment's secrets.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

inputs = {
  prefix = "wallet-world/${include.root.locals.cluster}/${include.root.locals.environment}"
}
