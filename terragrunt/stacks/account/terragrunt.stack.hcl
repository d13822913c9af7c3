# What an account has once: the state bucket, the repositories, and the access of other repositories.

unit "state" {
  source = "../../units/state"
  path   = "state"
}

unit "ecr" {
  source = "../../units/ecr"
  path   = "ecr"
}

unit "access" {
  source = "../../units/access"
  path   = "access"
}
