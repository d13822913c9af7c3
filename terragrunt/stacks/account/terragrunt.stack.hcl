# What an account has once: the state bucket and the repositories.

unit "state" {
  source = "../../units/state"
  path   = "state"
}

unit "ecr" {
  source = "../../units/ecr"
  path   = "ecr"
}
