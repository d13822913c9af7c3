# What a tenant's role may do. What it may do inside of the clusters is said by their access entries (module eks).

locals {
  policies = {
    for name, tenant in var.tenants : name => {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "LogInToRegistry"
          Effect   = "Allow"
          Action   = "ecr:GetAuthorizationToken"
          Resource = "*"
        },
        {
          Sid    = "PullAndPushOwnImages"
          Effect = "Allow"
          Action = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:CompleteLayerUpload",
            "ecr:DescribeImages",
            "ecr:DescribeRepositories",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:ListImages",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
          ]
          Resource = "${local.arn}:ecr:${local.place}:repository/${tenant.repositories}*"
        },
        {
          Sid    = "FindClusters"
          Effect = "Allow"
          Action = "eks:DescribeCluster"
          Resource = [
            for cluster in sort(distinct(values(tenant.environments))) : "${local.arn}:eks:${local.place}:cluster/${var.cluster_prefix}${cluster}"
          ]
        },
        {
          Sid       = "ListOwnState"
          Effect    = "Allow"
          Action    = "s3:ListBucket"
          Resource  = "${local.arn}:s3:::${var.bucket}"
          Condition = { StringLike = { "s3:prefix" = "tenants/${name}/*" } }
        },
        {
          Sid      = "KeepOwnState"
          Effect   = "Allow"
          Action   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
          Resource = "${local.arn}:s3:::${var.bucket}/tenants/${name}/*"
        },
      ]
    }
  }
}
