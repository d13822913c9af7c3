"""S3: conditional writes and bucket policies with conditions."""

import contextlib
import json
import unittest

from botocore.exceptions import ClientError
from cloud import s3
from moto.iam.access_control import PermissionResult
from support import ACCOUNT, client

ADMIN = {
    "aws:SecureTransport": "true",
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/admin",
    "caller": "x",
}
OBJECT = "arn:aws:s3:::state/key"


def policy(**statement: object) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": ["arn:aws:s3:::state", "arn:aws:s3:::state/*"],
                    **statement,
                }
            ],
        }
    )


TLS = policy(Principal={"AWS": "*"}, Condition={"Bool": {"aws:SecureTransport": "false"}})


class Policies(unittest.TestCase):
    def says(self, document: str, facts: dict = ADMIN, action: str = "s3:GetObject") -> PermissionResult:
        return s3.permission(document.encode(), action, OBJECT, facts)

    def test_only_plain_http_is_refused(self) -> None:
        self.assertEqual(self.says(TLS), PermissionResult.NEUTRAL)
        self.assertEqual(self.says(TLS, {**ADMIN, "aws:SecureTransport": "false"}), PermissionResult.DENIED)

    def test_principals(self) -> None:
        for name, expected in (
            (ACCOUNT, "DENIED"),
            (f"arn:aws:iam::{ACCOUNT}:root", "DENIED"),
            ("111111111111", "NEUTRAL"),
        ):
            self.assertEqual(self.says(policy(Principal={"AWS": [name]})).name, expected, name)
        self.assertEqual(self.says(policy(Principal={"Service": "logging.s3.amazonaws.com"})), PermissionResult.NEUTRAL)

    def test_actions_and_conditions(self) -> None:
        self.assertEqual(self.says(policy(Action="s3:Put*")), PermissionResult.NEUTRAL)
        self.assertEqual(self.says(policy(Action="s3:get*")), PermissionResult.DENIED)
        self.assertEqual(
            self.says(policy(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})), PermissionResult.NEUTRAL
        )
        self.assertEqual(
            self.says(policy(Condition={"StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}})),
            PermissionResult.NEUTRAL,
        )
        self.assertEqual(
            self.says(policy(Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})),
            PermissionResult.DENIED,
        )


class Buckets(unittest.TestCase):
    def setUp(self) -> None:
        self.s3 = client("s3")
        with contextlib.suppress(self.s3.exceptions.BucketAlreadyOwnedByYou):
            self.s3.create_bucket(Bucket="state")

    def code(self, call, **arguments: object) -> str:
        with self.assertRaises(ClientError) as refused:
            call(Bucket="state", **arguments)
        return refused.exception.response["Error"]["Code"]

    def test_conditional_writes(self) -> None:
        first = self.s3.put_object(Bucket="state", Key="lock", Body=b"1", IfNoneMatch="*")
        self.assertEqual(self.code(self.s3.put_object, Key="lock", Body=b"2", IfNoneMatch="*"), "PreconditionFailed")
        self.s3.put_object(Bucket="state", Key="lock", Body=b"3", IfMatch=first["ETag"])
        self.assertEqual(
            self.code(self.s3.put_object, Key="lock", Body=b"4", IfMatch=first["ETag"]), "PreconditionFailed"
        )
        self.assertEqual(self.code(self.s3.put_object, Key="gone", Body=b"5", IfMatch=first["ETag"]), "NoSuchKey")
        self.assertEqual(self.s3.get_object(Bucket="state", Key="lock")["Body"].read(), b"3")

    def test_conditional_deletes(self) -> None:
        first = self.s3.put_object(Bucket="state", Key="lock", Body=b"1")
        second = self.s3.put_object(Bucket="state", Key="lock", Body=b"2")
        self.assertEqual(self.code(self.s3.delete_object, Key="lock", IfMatch=first["ETag"]), "PreconditionFailed")
        self.s3.delete_object(Bucket="state", Key="lock", IfMatch=second["ETag"])
        self.assertEqual(self.code(self.s3.delete_object, Key="lock", IfMatch=second["ETag"]), "NoSuchKey")

    def test_a_policy_holds_and_a_strange_one_is_refused(self) -> None:
        self.s3.put_bucket_policy(Bucket="state", Policy=TLS)
        self.s3.put_object(Bucket="state", Key="kept", Body=b"x")
        self.s3.put_bucket_policy(Bucket="state", Policy=policy(Action="s3:DeleteObject"))
        self.assertEqual(self.code(self.s3.delete_object, Key="kept"), "403")
        self.assertEqual(
            self.code(self.s3.put_bucket_policy, Policy=policy(Condition={"Moon": {"a": "b"}})), "MalformedPolicy"
        )
        self.s3.delete_bucket_policy(Bucket="state")

    def test_keys_with_odd_characters(self) -> None:
        for key in ("a b/ü+%20~'()*", "account/us-east-1/_/unit/tofu.tfstate", "a//b/../c"):
            self.s3.put_object(Bucket="state", Key=key, Body=b"x")
            self.assertEqual(self.s3.get_object(Bucket="state", Key=key)["Body"].read(), b"x", key)


if __name__ == "__main__":
    unittest.main()
