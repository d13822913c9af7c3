"""AssumeRoleWithWebIdentity: a workflow's token of an OIDC provider becomes a session, and nobody else's does."""

import json
import time
import unittest
from unittest import mock

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from cloud import web_identity
from joserfc import jwt
from joserfc.jwk import RSAKey
from support import ACCOUNT, REGION, URL, client

ISSUER = "token.actions.githubusercontent.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/workflow"
KEY, OTHER = RSAKey.generate_key(2048, parameters={"kid": "1"}), RSAKey.generate_key(2048, parameters={"kid": "1"})


def token(key: RSAKey = KEY, **claims: object) -> str:
    base = {
        "iss": f"https://{ISSUER}",
        "aud": "sts.amazonaws.com",
        "sub": "repo:us/world:ref:main",
        "exp": time.time() + 60,
    }
    return jwt.encode({"alg": "RS256", "kid": "1"}, base | claims, key)


class WebIdentity(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        iam = client("iam")
        provider = iam.create_open_id_connect_provider(
            Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40]
        )["OpenIDConnectProviderArn"]
        trust = {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": provider},
            "Condition": {
                "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{ISSUER}:sub": "repo:us/world:*"},
            },
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName="workflow", AssumeRolePolicyDocument=document)

    def assume(self, given: str, role: str = ROLE) -> dict:
        sts = boto3.client("sts", region_name=REGION, endpoint_url=URL, config=Config(signature_version=UNSIGNED))
        keys = {"keys": [KEY.as_dict(private=False)]}
        with mock.patch.object(web_identity, "keys_of", return_value=keys):
            return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="run", WebIdentityToken=given)

    def test_the_right_token_gets_a_session(self) -> None:
        made = self.assume(token())["Credentials"]
        caller = client("sts", {**made, "Token": made["SessionToken"]}).get_caller_identity()
        self.assertEqual(caller["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/workflow/run")

    def test_all_others_are_refused(self) -> None:
        for given, role, code in (
            (token(OTHER), ROLE, "InvalidIdentityToken"),
            (token(exp=time.time() - 600), ROLE, "ExpiredToken"),
            (token(aud="elsewhere"), ROLE, "InvalidIdentityToken"),
            (token(iss="https://evil.example"), ROLE, "InvalidIdentityToken"),
            (token(sub="repo:them/world:ref:main"), ROLE, "AccessDenied"),
            (token(), f"{ROLE}-2", "AccessDenied"),
            ("nonsense", ROLE, "InvalidIdentityToken"),
        ):
            with self.assertRaises(ClientError) as refused:
                self.assume(given, role)
            self.assertEqual(refused.exception.response["Error"]["Code"], code, str(refused.exception))


if __name__ == "__main__":
    unittest.main()
