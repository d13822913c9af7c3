# The bucket that holds every state of the account; it exists before this unit runs and is adopted by it.
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}

inputs = {
  bucket = include.root.locals.bucket
}
