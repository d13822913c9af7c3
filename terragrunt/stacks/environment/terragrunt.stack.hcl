# What one environment has of its own: a database instance and its secrets.

unit "rds" {
  source = "../../units/rds"
  path   = "rds"
}

unit "secrets" {
  source = "../../units/secrets"
  path   = "secrets"
}
