"""AssumeRoleWithWebIdentity: a workflow's token of GitHub becomes a session, and nobody else's does."""

import time
import unittest

import boto3
import requests
from botocore import UNSIGNED
from botocore.config import Config
from cloud import github
from joserfc import jwt
from joserfc.jwk import RSAKey
from support import ACCOUNT, REGION, URL, client, credentials, document, refusal

ISSUER = "token.actions.githubusercontent.com"
SUBJECTS = ["repo:us/world:environment:dev", "repo:us@12/world@34:environment:dev"]
ROLE = f"arn:aws:iam::{ACCOUNT}:role/workflow"
OTHER = RSAKey.generate_key(2048, parameters={"kid": "1"})


def token(subject: str = SUBJECTS[0], **more: str) -> str:
    """A token as a job gets it."""
    return requests.get(f"{URL}/_sandbox/github-token", params={"sub": subject, **more}, timeout=10).json()["value"]


def signed(key: RSAKey, **claims: object) -> str:
    """A token with other claims."""
    base = {
        "iss": f"https://{ISSUER}",
        "aud": "sts.amazonaws.com",
        "sub": SUBJECTS[0],
        "exp": time.time() + 60,
    }
    return jwt.encode({"alg": "RS256", "kid": key.kid}, base | claims, key)


def trusting(account: str, operator: str, subject: object) -> dict:
    """Who may take the role: jobs of one environment."""
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{account}:oidc-provider/{ISSUER}"},
        "Condition": {
            "StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"},
            operator: {f"{ISSUER}:sub": subject},
        },
    }


STS = boto3.client("sts", region_name=REGION, endpoint_url=URL, config=Config(signature_version=UNSIGNED))


def assume(given: str, role: str = ROLE, **more: object) -> dict:
    return STS.assume_role_with_web_identity(RoleArn=role, RoleSessionName="run", WebIdentityToken=given, **more)


class WebIdentity(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.iam = client("iam")
        cls.iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"])
        for name, operator, subject in (
            ("workflow", "StringEquals", SUBJECTS),
            ("pattern", "StringLike", "repo:us/world:environment:d*"),
        ):
            cls.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trusting(ACCOUNT, operator, subject)))

    def test_the_right_token_gets_a_session(self) -> None:
        for subject in SUBJECTS:
            made = assume(token(subject))["Credentials"]
            caller = client("sts", {**made, "Token": made["SessionToken"]}).get_caller_identity()
            self.assertEqual(caller["Arn"], f"arn:aws:sts::{ACCOUNT}:assumed-role/workflow/run", subject)

    def test_patterns(self) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/pattern"
        self.assertEqual(refusal(assume, given=token(), role=role), "")
        self.assertEqual(refusal(assume, given=token("repo:us/world:environment:prod"), role=role), "AccessDenied")

    def test_all_others_are_refused(self) -> None:
        for given, role, code in (
            (signed(OTHER), ROLE, "InvalidIdentityToken"),
            (signed(github.key(), exp=time.time() - 600), ROLE, "ExpiredToken"),
            (token(audience="elsewhere"), ROLE, "InvalidIdentityToken"),
            (signed(github.key(), iss="https://evil.example"), ROLE, "InvalidIdentityToken"),
            (token("repo:them/world:environment:dev"), ROLE, "AccessDenied"),
            (token("repo:us/world:environment:prod"), ROLE, "AccessDenied"),
            (token("repo:us/world:ref:refs/heads/main"), ROLE, "AccessDenied"),
            (token("repo:us@12/world@35:environment:dev"), ROLE, "AccessDenied"),
            (token(), f"{ROLE}-2", "AccessDenied"),
            (token(), f"arn:aws:iam::{ACCOUNT}:role/wallet-world-admin", "AccessDenied"),
            ("nonsense", ROLE, "InvalidIdentityToken"),
        ):
            self.assertEqual(refusal(assume, given=given, role=role), code, given)

    def test_the_account_must_know_the_provider(self) -> None:
        account = "333333333333"
        iam = client("iam", credentials(account))
        policy = document(trusting(account, "StringEquals", SUBJECTS))
        role = iam.create_role(RoleName="workflow", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
        self.assertEqual(refusal(assume, given=token(), role=role), "InvalidIdentityToken")
        iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"])
        self.assertEqual(refusal(assume, given=token(), role=role), "")

    def test_a_session_lasts_as_long_as_the_role_allows(self) -> None:
        self.assertEqual(refusal(assume, given=token(), DurationSeconds=3600), "")
        self.assertEqual(refusal(assume, given=token(), DurationSeconds=7200), "ValidationError")

    def test_a_parameter_that_is_given_twice(self) -> None:
        """What is checked must be what is done."""
        form = [
            ("Version", "2011-06-15"),
            ("Action", "AssumeRoleWithWebIdentity"),
            ("RoleArn", f"arn:aws:iam::{ACCOUNT}:role/wallet-world-admin"),
            ("RoleArn", ROLE),
            ("RoleSessionName", "run"),
            ("WebIdentityToken", token()),
        ]
        self.assertEqual(requests.post(URL, data=form, timeout=10).status_code, 403)
        self.assertEqual(requests.post(URL, data=[*form[:2], *form[3:]], timeout=10).status_code, 200)

    def test_tokens_are_for_jobs(self) -> None:
        for subject in ("", "us/world", "repo:us:environment:dev"):
            answer = requests.get(f"{URL}/_sandbox/github-token", params={"sub": subject}, timeout=10)
            self.assertEqual(answer.status_code, 400, subject)


if __name__ == "__main__":
    unittest.main()
