"""Who may call: real signatures, in each of AWS's protocols; Kubernetes tokens."""

import base64
import unittest
from datetime import UTC, datetime, timedelta

import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from cloud import keys, signature, token_review
from cloud.errors import Refusal
from support import ACCOUNT, REGION, URL, client, credentials, document

CALLS = {
    "sts": "get_caller_identity",
    "eks": "list_clusters",
    "ec2": "describe_vpcs",
    "ecr": "describe_repositories",
    "s3": "list_buckets",
    "rds": "describe_db_instances",
    "route53": "list_hosted_zones",
    "kafka": "list_clusters",
    "secretsmanager": "list_secrets",
}


def refusal(service: str, given: dict) -> tuple[int, str]:
    try:
        getattr(client(service, given), CALLS[service])()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"]
    return 200, ""


class Callers(unittest.TestCase):
    def setUp(self) -> None:
        self.given = credentials()

    def test_the_administrator_gets_in_everywhere(self) -> None:
        for service in CALLS:
            self.assertEqual(refusal(service, self.given), (200, ""), service)
        identity = client("sts", self.given).get_caller_identity()
        self.assertEqual(
            (identity["Account"], identity["Arn"]),
            (ACCOUNT, f"arn:aws:sts::{ACCOUNT}:assumed-role/wallet-world-admin/sandbox"),
        )

    def test_unknown_keys(self) -> None:
        wrong = {**self.given, "AccessKeyId": "ASIAXXXXXXXXXXXXXXXX"}
        expected = {
            "sts": (403, "InvalidClientTokenId"),
            "eks": (403, "UnrecognizedClientException"),
            "ec2": (401, "AuthFailure"),
            "ecr": (400, "UnrecognizedClientException"),
            "s3": (403, "InvalidAccessKeyId"),
            "rds": (403, "InvalidClientTokenId"),
        }
        self.assertEqual({service: refusal(service, wrong) for service in expected}, expected)

    def test_wrong_secrets(self) -> None:
        wrong = {**self.given, "SecretAccessKey": "wrong"}
        expected = {
            "sts": (403, "SignatureDoesNotMatch"),
            "eks": (403, "InvalidSignatureException"),
            "ec2": (401, "AuthFailure"),
            "ecr": (400, "InvalidSignatureException"),
            "s3": (403, "SignatureDoesNotMatch"),
            "route53": (403, "SignatureDoesNotMatch"),
        }
        self.assertEqual({service: refusal(service, wrong) for service in expected}, expected)

    def test_a_session_needs_its_token(self) -> None:
        self.assertEqual(refusal("sts", {**self.given, "Token": "wrong"}), (403, "InvalidClientTokenId"))
        self.assertEqual(refusal("s3", {**self.given, "Token": None}), (400, "InvalidToken"))

    def test_expired_sessions(self) -> None:
        session = next(
            s for s in keys.sts_backends[ACCOUNT]["aws"].assumed_roles if s.access_key_id == self.given["AccessKeyId"]
        )
        session.expiration -= timedelta(hours=2)
        expected = {
            "sts": (403, "ExpiredToken"),
            "ecr": (400, "ExpiredTokenException"),
            "eks": (403, "ExpiredTokenException"),
            "s3": (400, "ExpiredToken"),
        }
        self.assertEqual({service: refusal(service, self.given) for service in expected}, expected)

    def test_unsigned_requests(self) -> None:
        self.assertEqual(requests.get(f"{URL}/some-bucket/key", timeout=10).status_code, 403)
        self.assertEqual(requests.get(f"{URL}/clusters", timeout=10).status_code, 403)
        for path in ("/moto-api/data.json", "/moto-api/reset"):
            self.assertEqual(requests.post(URL + path, timeout=10).status_code, 404)

    def test_an_operation_that_is_missing_is_refused_at_once(self) -> None:
        with self.assertRaises(ClientError) as refused:
            client("ecr", self.given).start_lifecycle_policy_preview(repositoryName="some")
        self.assertEqual(refused.exception.response["Error"]["Code"], "UnknownOperationException")
        self.assertIn("start_lifecycle_policy_preview", str(refused.exception))

    def test_keys_made_by_the_api_work(self) -> None:
        iam = client("iam", self.given)
        iam.create_user(UserName="somebody")
        made = iam.create_access_key(UserName="somebody")["AccessKey"]
        sts = client("sts", {"AccessKeyId": made["AccessKeyId"], "SecretAccessKey": made["SecretAccessKey"]})
        self.assertEqual(sts.get_caller_identity()["Arn"], f"arn:aws:iam::{ACCOUNT}:user/somebody")
        allow = {"Effect": "Allow", "Action": "sts:AssumeRole"}
        iam.put_user_policy(UserName="somebody", PolicyName="p", PolicyDocument=document({**allow, "Resource": "*"}))
        client("iam", credentials("111111111111")).create_role(
            RoleName="other", AssumeRolePolicyDocument=document({**allow, "Principal": {"AWS": ACCOUNT}})
        )
        role = sts.assume_role(RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="somebody")[
            "Credentials"
        ]
        other = client("sts", {**role, "Token": role["SessionToken"]})
        self.assertEqual(other.get_caller_identity()["Account"], "111111111111")
        iam.update_access_key(UserName="somebody", AccessKeyId=made["AccessKeyId"], Status="Inactive")
        self.assertRaises(ClientError, sts.get_caller_identity)

    def test_accounts_are_apart(self) -> None:
        client("secretsmanager", credentials("222222222222")).create_secret(Name="theirs", SecretString="x")
        self.assertNotIn(
            "theirs", [item["Name"] for item in client("secretsmanager", self.given).list_secrets()["SecretList"]]
        )

    def test_the_body_and_the_time_are_signed(self) -> None:
        url = client("s3", self.given, signature_version="s3v4").generate_presigned_url("list_buckets")
        headers = {"host": URL.removeprefix("http://")}
        now = datetime.now(UTC)
        self.assertTrue(signature.authenticate(signature.Request("GET", url, headers), now))
        for changed, at, kind in ((url, now + timedelta(hours=2), "expired"), (url + "&prefix=x", now, "signature")):
            with self.assertRaises(Refusal) as refused:
                signature.authenticate(signature.Request("GET", changed, headers), at)
            self.assertEqual(refused.exception.kind, kind)


def eks_token(given: dict, cluster: str, expires: int = 60, action: str = "GetCallerIdentity") -> str:
    """A token as `aws eks get-token` makes it."""
    request = AWSRequest(
        "GET",
        f"https://sts.{REGION}.amazonaws.com/?Action={action}&Version=2011-06-15",
        headers={"x-k8s-aws-id": cluster},
    )
    SigV4QueryAuth(
        Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"]), "sts", REGION, expires=expires
    ).add_auth(request)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(request.url.encode()).decode().rstrip("=")


def review(token: str) -> dict:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    return requests.post(f"{URL}/_sandbox/token-review", json=body, timeout=10).json()["status"]


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.given = credentials()
        ec2, cls.eks = client("ec2"), client("eks")
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]["SubnetId"]
            for n in (1, 2)
        ]
        for name, creator in (("tokens", True), ("closed", False)):
            cls.eks.create_cluster(
                name=name,
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
                resourcesVpcConfig={"subnetIds": subnets},
                accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": creator},
            )

    def test_the_creator_is_administrator(self) -> None:
        status = review(eks_token(self.given, "tokens"))
        self.assertTrue(status["authenticated"], status)
        self.assertEqual(status["user"]["groups"], [])
        self.assertEqual(status["user"]["username"], f"arn:aws:sts::{ACCOUNT}:assumed-role/wallet-world-admin/sandbox")
        spec = {"extra": status["user"]["extra"], "resourceAttributes": {"verb": "delete", "resource": "nodes"}}
        answer = requests.post(f"{URL}/_sandbox/access-review", json={"spec": spec}, timeout=10).json()
        self.assertEqual(answer["status"]["allowed"], True)

    def test_who_has_no_entry_stays_out(self) -> None:
        status = review(eks_token(self.given, "closed"))
        self.assertFalse(status["authenticated"])
        self.assertIn("no access entry", status["error"])

    def test_entries_give_groups(self) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/deployer"
        made = client("sts").assume_role(RoleArn=role, RoleSessionName="ci@github")["Credentials"]
        given = {**made, "Token": made["SessionToken"]}
        self.assertFalse(review(eks_token(given, "tokens"))["authenticated"])
        self.eks.create_access_entry(clusterName="tokens", principalArn=role, kubernetesGroups=["deployers"])
        user = review(eks_token(given, "tokens"))["user"]
        self.assertEqual(
            (user["groups"], user["username"]),
            (["deployers"], f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/ci-github"),
        )

    def test_a_token_is_good_for_a_quarter_of_an_hour(self) -> None:
        token, now = eks_token(self.given, "tokens"), datetime.now(UTC)
        for minutes, expected in ((0, True), (14, True), (16, False), (-20, False)):
            answer = token_review.review({"spec": {"token": token}}, now + timedelta(minutes=minutes))
            self.assertEqual(answer["status"]["authenticated"], expected, minutes)

    def test_bad_tokens(self) -> None:
        good = eks_token(self.given, "tokens")
        url = base64.urlsafe_b64decode(good[11:] + "==").decode()
        elsewhere = (
            "k8s-aws-v1."
            + base64.urlsafe_b64encode(url.replace("sts.us-east-1.amazonaws.com", "evil.example").encode()).decode()
        )
        for token, why in (
            ("nonsense", "does not start"),
            ("k8s-aws-v1.!!!", "no request to STS|not base64"),
            (good[:-8] + "AAAAAAAA", "refuses|base64"),
            (elsewhere, "no request to STS"),
            (eks_token({**self.given, "SecretAccessKey": "x"}, "tokens"), "does not match"),
            (eks_token(self.given, "unheard-of"), "does not match"),
            (eks_token(self.given, "tokens", action="GetSessionToken"), "no GetCallerIdentity"),
        ):
            status = review(token)
            self.assertFalse(status["authenticated"], token)
            self.assertRegex(status["error"], why)


if __name__ == "__main__":
    unittest.main()
