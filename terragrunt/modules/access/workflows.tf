# The workflows of the repository that these modules are applied from: one role deploys, one only looks.

# It makes roles and gives them rights, so it could give itself any: a list of permitted actions would only look narrower.
# What limits it is who may take it.
resource "aws_iam_role" "deploy" {
  count = local.own ? 1 : 0

  name                 = "wallet-world-deploy"
  description          = "Deployments by ${var.workflows.repository}"
  max_session_duration = local.session
  assume_role_policy   = local.trust["wallet-world-deploy"]

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy_attachment" "deploy" {
  count = local.own ? 1 : 0

  role       = aws_iam_role.deploy[0].name
  policy_arn = "${local.arn}:iam::aws:policy/AdministratorAccess"
}

resource "aws_iam_role" "plan" {
  count = local.own ? 1 : 0

  name                 = "wallet-world-plan"
  description          = "Plans by ${var.workflows.repository}"
  max_session_duration = local.session
  assume_role_policy   = local.trust["wallet-world-plan"]

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy_attachment" "plan" {
  count = local.own ? 1 : 0

  role       = aws_iam_role.plan[0].name
  policy_arn = "${local.arn}:iam::aws:policy/ReadOnlyAccess"
}

# What a plan needs beyond reading.
resource "aws_iam_role_policy" "plan" {
  count = local.own ? 1 : 0

  name = "plan"
  role = aws_iam_role.plan[0].name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "DecryptState"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "${local.arn}:secretsmanager:${local.place}:secret:wallet-world/state-encryption-*"
      },
      {
        # To see whether a version of a secret is still there, the provider reads its value. Only those that the module
        # secrets makes have a cluster and an environment in their names.
        Sid      = "ReadGeneratedSecrets"
        Effect   = "Allow"
        Action   = "secretsmanager:GetSecretValue"
        Resource = "${local.arn}:secretsmanager:${local.place}:secret:wallet-world/*/*/*"
      },
      {
        # OpenTofu draws the passwords of the module secrets in every plan, and throws them away.
        Sid      = "DrawPasswords"
        Effect   = "Allow"
        Action   = "secretsmanager:GetRandomPassword"
        Resource = "*"
      },
    ]
  })
}
