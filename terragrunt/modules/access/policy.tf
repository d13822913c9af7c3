# What a tenant's roles may do. What they may do inside of the clusters is said by their access entries (module eks).

locals {
  # Both roles: find the clusters, look at its own images and its own part of the state bucket.
  reads = {
    for name, tenant in var.tenants : name => [
      {
        Sid      = "LogInToRegistry"
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
      {
        Sid    = "PullOwnImages"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:DescribeImages",
          "ecr:DescribeRepositories",
          "ecr:GetDownloadUrlForLayer",
          "ecr:ListImages",
        ]
        Resource = ["${local.arn}:ecr:${local.place}:repository/${tenant.repositories}*"]
      },
      {
        Sid    = "FindClusters"
        Effect = "Allow"
        Action = ["eks:DescribeCluster"]
        Resource = [
          for cluster in sort(distinct(values(tenant.environments))) : "${local.arn}:eks:${local.place}:cluster/${var.cluster_prefix}${cluster}"
        ]
      },
      {
        Sid      = "ReadOwnState"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["${local.arn}:s3:::${var.bucket}/tenants/${name}/*"]
      },
      {
        Sid       = "ListOwnState"
        Effect    = "Allow"
        Action    = ["s3:ListBucket"]
        Resource  = ["${local.arn}:s3:::${var.bucket}"]
        Condition = { StringLike = { "s3:prefix" = "tenants/${name}/*" } }
      },
    ]
  }

  # The role that deploys.
  writes = {
    for name, tenant in var.tenants : name => [
      {
        Sid      = "PushOwnImages"
        Effect   = "Allow"
        Action   = ["ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"]
        Resource = ["${local.arn}:ecr:${local.place}:repository/${tenant.repositories}*"]
      },
      {
        Sid      = "WriteOwnState"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${local.arn}:s3:::${var.bucket}/tenants/${name}/*"]
      },
    ]
  }

  plan_policies = {
    for name in keys(var.tenants) : name => jsonencode({
      Version   = "2012-10-17"
      Statement = local.reads[name]
    })
  }
  policies = {
    for name in keys(var.tenants) : name => jsonencode({
      Version   = "2012-10-17"
      Statement = concat(local.reads[name], local.writes[name])
    })
  }
}
