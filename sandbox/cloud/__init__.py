"""The sandbox's cloud: the AWS API of moto, with real callers, real databases, brokers and images behind it."""

import os

# moto reads these when it is loaded.
os.environ["S3_IGNORE_SUBDOMAIN_BUCKETNAME"] = "true"  # the endpoint's own name is no bucket: paths name them
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # roles attach arn:aws:iam::aws:policy/…
for _name in ("MOTO_ACCOUNT_ID", "INITIAL_NO_AUTH_ACTION_COUNT"):  # would override who the caller is
    os.environ.pop(_name, None)
