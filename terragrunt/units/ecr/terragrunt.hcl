# Repositories for images and charts; all inputs come from the scope's file.
include "root" {
  path = find_in_parent_folders("root.hcl")
}
