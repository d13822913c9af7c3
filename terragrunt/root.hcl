# What all units share: their inputs, where their state lies, and the provider with its guards.

locals {
  # One JSON file says which scope this is and what its units get; README.md describes it.
  world       = jsondecode(file(get_env("WALLET_WORLD_INPUTS")))
  account     = local.world.account
  region      = local.world.region
  cluster     = local.world.cluster
  environment = local.world.environment
  unit        = basename(path_relative_to_include())

  # Outputs of units in the scopes above, by unit: they are inputs here, not read from somebody else's state.
  outputs = try(local.world.outputs, {})

  # The same names on every machine and in every run.
  bucket           = "wallet-world-${local.account}-${local.region}-state"
  cluster_prefix   = "wallet-world-"
  cluster_name     = "${local.cluster_prefix}${local.cluster}"
  environment_name = "wallet-world-${local.cluster}-${local.environment}"

  # A plan for reading may stand on mock outputs of units that do not exist yet. A plan that is saved may not, because it
  # can be applied; and no other command may.
  plan_arguments = concat(get_terraform_cli_args(), split(" ", "${get_env("TF_CLI_ARGS", "")} ${get_env("TF_CLI_ARGS_plan", "")}"))
  saves_plan     = anytrue([for argument in local.plan_arguments : can(regex("^--?out(=|$)", argument))])
  mocks_allowed  = local.saves_plan ? ["init", "validate"] : ["init", "validate", "plan"]
}

terraform {
  source = "${get_parent_terragrunt_dir()}/modules//${local.unit}"

  # Another run may hold the state's lock for a moment; a forgotten lock is reported after that.
  extra_arguments "lock_timeout" {
    commands  = get_terraform_commands_that_need_locking()
    arguments = ["-lock-timeout=2m"]
  }

  # What a module declares as "destroy = false" goes by itself with something else: to forget it is no failure.
  extra_arguments "forgetting" {
    commands  = ["destroy"]
    arguments = ["-suppress-forget-errors"]
  }
}

# A unit that the inputs do not name does not exist in this scope.
exclude {
  if      = !contains(keys(local.world.units), local.unit)
  actions = ["all"]
  no_run  = true
}

inputs = try(local.world.units[local.unit], {})

# The bucket is created bare where it is missing (--backend-bootstrap); its settings belong to the unit "state", which
# adopts it. So the flags below leave to Terragrunt nothing but the creation.
remote_state {
  backend = "s3"
  generate = {
    path      = "backend.tf"
    if_exists = "overwrite"
  }
  config = {
    bucket              = local.bucket
    key                 = "${local.account}/${local.region}/${local.cluster}/${local.environment}/${local.unit}/tofu.tfstate"
    region              = local.region
    allowed_account_ids = [local.account]
    encrypt             = true
    use_lockfile        = true
    force_path_style    = true # the only spelling that Terragrunt and OpenTofu both understand

    disable_bucket_update              = true
    skip_bucket_versioning             = true
    skip_bucket_ssencryption           = true
    skip_bucket_root_access            = true
    skip_bucket_enforced_tls           = true
    skip_bucket_public_access_blocking = true
  }
}

# What exists in AWS and is not in the state, because the run that made it was killed: the pipeline names it.
generate "imports" {
  path              = "imports.tf.json"
  if_exists         = "overwrite"
  disable_signature = true
  contents          = jsonencode(try(local.world.imports[local.unit], {}))
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite"
  contents  = <<-EOF
    # Generated from root.hcl.
    provider "aws" {
      region              = "${local.region}"
      allowed_account_ids = ["${local.account}"]
      s3_use_path_style   = true

      default_tags {
        tags = {
          "wallet-world/account"     = "${local.account}"
          "wallet-world/cluster"     = "${local.cluster}"
          "wallet-world/environment" = "${local.environment}"
          "wallet-world/unit"        = "${local.unit}"
        }
      }
    }
  EOF
}
