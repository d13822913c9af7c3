"""What callers may do: policies of users, roles, sessions and resources, asked in each of AWS's protocols."""

import unittest

import requests
from botocore.exceptions import ClientError
from cloud import policies
from support import ACCOUNT, REGION, client, credentials, document, refusal, session

BUCKET = "arn:aws:s3:::tenancy"
OWN = "tenants/app/"
# What module access gives a tenant.
TENANT = [
    {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:ListImages"],
        "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/tenancy/*",
    },
    {
        "Effect": "Allow",
        "Action": "eks:DescribeCluster",
        "Resource": [f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/tenancy"],
    },
    {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": BUCKET,
        "Condition": {"StringLike": {"s3:prefix": f"{OWN}*"}},
    },
    {
        "Effect": "Allow",
        "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        "Resource": f"{BUCKET}/{OWN}*",
    },
]
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Tenant(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.given = session("tenant", *TENANT)
        admin = client("s3")
        admin.create_bucket(Bucket="tenancy")
        for key in (f"{OWN}state", "tenants/apple/state", "tenants/app", "account/state"):
            admin.put_object(Bucket="tenancy", Key=key, Body=b"x")
        cls.s3 = client("s3", cls.given)

    def s3_refusal(self, operation: str, **arguments: object) -> str:
        return refusal(getattr(self.s3, operation), Bucket="tenancy", **arguments)

    def test_own_objects(self) -> None:
        for operation, more in (
            ("put_object", {"Body": b"y"}),
            ("get_object", {}),
            ("head_object", {}),
            ("copy_object", {"CopySource": f"tenancy/{OWN}state"}),
            ("delete_object", {}),
        ):
            self.assertEqual(self.s3_refusal(operation, Key=f"{OWN}new", **more), "", operation)
        self.assertEqual(self.s3_refusal("delete_objects", Delete={"Objects": [{"Key": f"{OWN}a"}]}), "")
        upload = self.s3.create_multipart_upload(Bucket="tenancy", Key=f"{OWN}big")["UploadId"]
        part = {"Key": f"{OWN}big", "UploadId": upload}
        tag = self.s3.upload_part(Bucket="tenancy", PartNumber=1, Body=b"z", **part)["ETag"]
        parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
        self.assertEqual(self.s3_refusal("complete_multipart_upload", MultipartUpload=parts, **part), "")

    def test_objects_of_others(self) -> None:
        for key in ("account/state", "tenants/apple/state", "tenants/app", "new"):
            for operation, more in (
                ("get_object", {}),
                ("put_object", {"Body": b"y"}),
                ("delete_object", {}),
                ("create_multipart_upload", {}),
                ("get_object_tagging", {}),
            ):
                self.assertEqual(self.s3_refusal(operation, Key=key, **more), "AccessDenied", f"{operation} {key}")
            self.assertEqual(self.s3_refusal("head_object", Key=key), "403")

    def test_ways_around(self) -> None:
        copy = {"CopySource": "tenancy/account/state"}
        self.assertEqual(self.s3_refusal("copy_object", Key=f"{OWN}stolen", **copy), "AccessDenied")
        both = {"Objects": [{"Key": f"{OWN}state"}, {"Key": "account/state"}]}
        self.assertEqual(self.s3_refusal("delete_objects", Delete=both), "AccessDenied")
        for operation, more in (
            ("get_object_acl", {}),
            ("put_object_acl", {"ACL": "public-read"}),
            ("put_object", {"Body": b"y", "ACL": "public-read"}),
            ("put_object_tagging", {"Tagging": {"TagSet": []}}),
            ("delete_object", {"VersionId": "null"}),
        ):
            self.assertEqual(self.s3_refusal(operation, Key=f"{OWN}state", **more), "AccessDenied", operation)
        signer = client("s3", self.given, signature_version="s3v4")
        for key, status in (("account/state", 403), (f"{OWN}state", 200)):
            url = signer.generate_presigned_url("get_object", {"Bucket": "tenancy", "Key": key})
            self.assertEqual(requests.get(url, timeout=10).status_code, status, key)

    def test_lists(self) -> None:
        listed = self.s3.list_objects_v2(Bucket="tenancy", Prefix=OWN)["Contents"]
        self.assertIn(f"{OWN}state", [item["Key"] for item in listed])
        for operation in ("list_objects_v2", "list_objects"):
            for prefix in ("", "tenants/", "tenants/apple/"):
                self.assertEqual(self.s3_refusal(operation, Prefix=prefix), "AccessDenied", f"{operation} {prefix}")
        self.assertEqual(self.s3_refusal("list_objects_v2"), "AccessDenied")
        for operation in ("list_object_versions", "list_multipart_uploads"):
            self.assertEqual(self.s3_refusal(operation, Prefix=OWN), "AccessDenied", operation)
        self.assertEqual(refusal(self.s3.list_buckets), "AccessDenied")

    def test_the_bucket_itself(self) -> None:
        policy = document({**EVERYTHING, "Principal": "*", "Resource": f"{BUCKET}/*"})
        for operation, more in (
            ("get_bucket_policy", {}),
            ("put_bucket_policy", {"Policy": policy}),
            ("get_bucket_encryption", {}),
            ("get_bucket_versioning", {}),
            ("delete_bucket", {}),
            ("put_public_access_block", {"PublicAccessBlockConfiguration": {}}),
        ):
            self.assertEqual(self.s3_refusal(operation, **more), "AccessDenied", operation)
        self.assertEqual(self.s3_refusal("head_bucket"), "403")
        self.assertEqual(refusal(self.s3.create_bucket, Bucket="another"), "AccessDenied")

    def test_repositories(self) -> None:
        admin, ecr = client("ecr"), client("ecr", self.given)
        for name in ("tenancy/api", "tenancy-2/api"):
            admin.create_repository(repositoryName=name)
        own, other = {"repositoryName": "tenancy/api"}, {"repositoryName": "tenancy-2/api"}
        self.assertEqual(refusal(ecr.list_images, **own), "")
        self.assertEqual(refusal(ecr.describe_repositories, repositoryNames=["tenancy/api"]), "")
        self.assertEqual(refusal(ecr.get_authorization_token), "")
        for call, arguments in (
            (ecr.list_images, other),
            (ecr.batch_get_image, {**other, "imageIds": [{"imageTag": "1"}]}),
            (ecr.describe_repositories, {}),
            (ecr.describe_repositories, {"repositoryNames": ["tenancy/api", "tenancy-2/api"]}),
            (ecr.create_repository, {"repositoryName": "tenancy/more"}),
            (ecr.delete_repository, own),
            (ecr.put_image_tag_mutability, {**own, "imageTagMutability": "MUTABLE"}),
        ):
            self.assertEqual(refusal(call, **arguments), "AccessDeniedException", f"{call} {arguments}")

    def test_clusters(self) -> None:
        eks = client("eks", self.given)
        self.assertEqual(refusal(eks.describe_cluster, name="tenancy"), "ResourceNotFoundException")
        self.assertEqual(refusal(eks.describe_cluster, name="other"), "AccessDeniedException")
        self.assertEqual(refusal(eks.list_clusters), "AccessDeniedException")
        entry = {"clusterName": "tenancy", "principalArn": f"arn:aws:iam::{ACCOUNT}:role/tenant"}
        self.assertEqual(refusal(eks.create_access_entry, **entry), "AccessDeniedException")

    def test_everything_else_in_each_protocol(self) -> None:
        admin = f"arn:aws:iam::{ACCOUNT}:role/wallet-world-admin"
        denied = {
            ("sts", "assume_role"): ({"RoleArn": admin, "RoleSessionName": "me"}, 403, "AccessDenied"),
            ("iam", "list_roles"): ({}, 403, "AccessDenied"),
            ("iam", "put_role_policy"): (
                {"RoleName": "tenant", "PolicyName": "p", "PolicyDocument": document(EVERYTHING)},
                403,
                "AccessDenied",
            ),
            ("ec2", "describe_vpcs"): ({}, 403, "UnauthorizedOperation"),
            ("rds", "describe_db_instances"): ({}, 403, "AccessDenied"),
            ("kafka", "list_clusters"): ({}, 403, "AccessDeniedException"),
            ("route53", "list_hosted_zones"): ({}, 403, "AccessDenied"),
            ("secretsmanager", "list_secrets"): ({}, 400, "AccessDeniedException"),
            ("kms", "list_keys"): ({}, 400, "AccessDeniedException"),
            ("logs", "describe_log_groups"): ({}, 400, "AccessDeniedException"),
        }
        for (service, operation), (arguments, status, code) in denied.items():
            with self.assertRaises(ClientError) as refused:
                getattr(client(service, self.given), operation)(**arguments)
            answer = refused.exception.response
            self.assertEqual((answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]), (status, code))
            self.assertIn("is not authorized to perform: ", answer["Error"]["Message"], service)

    def test_who_one_is_can_always_be_asked(self) -> None:
        arn = client("sts", session("nobody")).get_caller_identity()["Arn"]
        self.assertEqual(arn, f"arn:aws:sts::{ACCOUNT}:assumed-role/nobody/run")

    def test_operations_that_moto_does_not_ask_about(self) -> None:
        for role, rights in (("tenant-of-es", []), ("reader-of-es", [{**EVERYTHING, "Action": "es:List*"}])):
            given = session(role, *rights)
            self.assertEqual(refusal(client("es", given).list_domain_names), "AccessDeniedException", role)


class Policies(unittest.TestCase):
    """How policies of different kinds come together."""

    def may(self, given: dict, call: str = "list_roles", **arguments: object) -> str:
        return refusal(getattr(client("iam", given), call), **arguments)

    def test_an_administrator_of_his_own(self) -> None:
        given = session("own-admin", EVERYTHING)
        self.assertEqual(self.may(given), "")
        self.assertEqual(refusal(client("s3", given).list_buckets), "")
        self.assertEqual(refusal(client("ecr", given).describe_repositories), "")

    def test_attached_policies(self) -> None:
        given = session("reader")
        self.assertEqual(self.may(given), "AccessDenied")
        client("iam").attach_role_policy(RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
        self.assertEqual(self.may(given), "")
        self.assertEqual(self.may(given, "delete_role", RoleName="reader"), "AccessDenied")

    def test_deny_wins(self) -> None:
        given = session("denied", EVERYTHING, {"Effect": "Deny", "Action": "iam:List*", "Resource": "*"})
        self.assertEqual(self.may(given), "AccessDenied")
        self.assertEqual(self.may(given, "get_role", RoleName="denied"), "")

    def test_a_role_that_is_gone_has_no_rights(self) -> None:
        given = session("gone", EVERYTHING)
        client("iam").delete_role_policy(RoleName="gone", PolicyName="rights")
        client("iam").delete_role(RoleName="gone")
        self.assertEqual(self.may(given), "AccessDenied")

    def test_a_session_has_no_more_than_its_policy(self) -> None:
        only = document({"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*"})
        given = session("limited", EVERYTHING, Policy=only)
        self.assertEqual(self.may(given), "AccessDenied")
        self.assertEqual(self.may(given, "get_role", RoleName="limited"), "")

    def test_a_boundary(self) -> None:
        given, iam = session("bounded", EVERYTHING), client("iam")
        only = document({"Effect": "Allow", "Action": "iam:GetRole", "Resource": "*"})
        arn = iam.create_policy(PolicyName="boundary", PolicyDocument=only)["Policy"]["Arn"]
        iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=arn)
        self.assertEqual(self.may(given), "AccessDenied")
        self.assertEqual(self.may(given, "get_role", RoleName="bounded"), "")

    def test_groups_of_users(self) -> None:
        iam = client("iam")
        iam.create_user(UserName="grouped")
        made = iam.create_access_key(UserName="grouped")["AccessKey"]
        self.assertEqual(self.may(made), "AccessDenied")
        iam.create_group(GroupName="readers")
        iam.attach_group_policy(GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
        iam.add_user_to_group(GroupName="readers", UserName="grouped")
        self.assertEqual(self.may(made), "")

    def test_policies_of_resources(self) -> None:
        given, admin = session("guest"), client("s3")
        admin.create_bucket(Bucket="open-house")
        admin.put_object(Bucket="open-house", Key="k", Body=b"x")
        get = {"Bucket": "open-house", "Key": "k"}
        self.assertEqual(refusal(client("s3", given).get_object, **get), "AccessDenied")
        guest = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/guest"}, "Action": "s3:GetObject"}
        policy = document({"Effect": "Allow", "Resource": "arn:aws:s3:::open-house/*", **guest})
        admin.put_bucket_policy(Bucket="open-house", Policy=policy)
        self.assertEqual(refusal(client("s3", given).get_object, **get), "")

    def test_secrets(self) -> None:
        admin = client("secretsmanager")
        arns = [admin.create_secret(Name=name, SecretString="x")["ARN"] for name in ("one/a", "two/a")]
        mine = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:one/*"
        given = session("secretive", {"Effect": "Allow", "Action": "secretsmanager:*GetSecretValue", "Resource": mine})
        get = client("secretsmanager", given).get_secret_value
        for name, code in (("one/a", ""), (arns[0], ""), ("two/a", "AccessDeniedException")):
            self.assertEqual(refusal(get, SecretId=name), code, name)
        self.assertEqual(refusal(get, SecretId=arns[1]), "AccessDeniedException")
        batch = client("secretsmanager", given).batch_get_secret_value
        self.assertEqual(refusal(batch, SecretIdList=["one/a", "two/a"]), "AccessDeniedException")

    def test_assuming_roles(self) -> None:
        given = session("climber", {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"})
        iam, sts = client("iam"), client("sts", given)
        for name, principal in (
            ("for-climber", f"arn:aws:iam::{ACCOUNT}:role/climber"),
            ("for-nobody", "222222222222"),
        ):
            trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": principal}})
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        for name, code in (("for-climber", ""), ("for-nobody", "AccessDenied"), ("unheard-of", "AccessDenied")):
            role = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{name}", "RoleSessionName": "up"}
            self.assertEqual(refusal(sts.assume_role, **role), code, name)
        long = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/for-climber", "RoleSessionName": "up", "DurationSeconds": 7200}
        self.assertEqual(refusal(sts.assume_role, **long), "ValidationError")

    def test_other_accounts(self) -> None:
        given = session("traveller", EVERYTHING)
        other = client("secretsmanager", credentials("444444444444")).create_secret(Name="far", SecretString="x")["ARN"]
        get = client("secretsmanager", given).get_secret_value
        self.assertEqual(refusal(get, SecretId=other), "AccessDeniedException")

    def test_what_is_not_understood_lets_nobody_in(self) -> None:
        def says(effect: str, **statement: object) -> str | None:
            policy = document({"Effect": effect, "Action": "a:*", "Resource": "*", **statement})
            return policies.effect(policy, "a:B", "r", {"aws:username": "me", "k": "v"})

        strange = {"Condition": {"DateLessThan": {"aws:CurrentTime": "2000-01-01T00:00:00Z"}}}
        self.assertEqual((says("Allow", **strange), says("Deny", **strange)), (None, "Deny"))
        any_of = {"Condition": {"ForAnyValue:StringEquals": {"k": ["v", "w"]}}}
        all_of = {"Condition": {"ForAllValues:StringEquals": {"missing": ["v"]}}}
        self.assertEqual((says("Allow", **any_of), says("Allow", **all_of)), ("Allow", "Allow"))
        self.assertEqual(says("Allow", Condition={"StringEquals": {"k": "w"}}), None)

    def test_variables(self) -> None:
        policy = document({"Effect": "Allow", "Action": "a:B", "Resource": "home/${aws:username}/*"})
        for name, resource, expected in (
            ("me", "home/me/x", "Allow"),
            ("me", "home/you/x", None),
            ("*", "home/me/x", None),
        ):
            self.assertEqual(policies.effect(policy, "a:B", resource, {"aws:username": name}), expected, name)


class Requests(unittest.TestCase):
    """A request that could be read in two ways is not carried out."""

    def test_a_parameter_that_is_given_twice(self) -> None:
        s3 = client("s3", session("twofold", *TENANT))
        s3.meta.events.register(
            "before-sign.s3.ListObjectsV2", lambda request, **_: setattr(request, "url", f"{request.url}&prefix=")
        )
        self.assertEqual(refusal(s3.list_objects_v2, Bucket="tenancy", Prefix=OWN), "NotImplemented")

    def test_a_form_beside_the_query(self) -> None:
        s3 = client("s3", session("formal", *TENANT))
        form = {
            "Bucket": "tenancy",
            "Key": f"{OWN}k",
            "ContentType": "application/x-www-form-urlencoded",
            "Body": b"acl=1",
        }
        self.assertEqual(refusal(s3.put_object, **form), "NotImplemented")

    def test_an_action_in_the_query_of_another_one(self) -> None:
        eks = client("eks", session("renamer", *TENANT))
        for operation, named in (("DescribeCluster", "DeleteCluster"), ("DeleteCluster", "DescribeCluster")):

            def renamed(request: object, action: str = named, **_: object) -> None:
                request.url += f"?Action={action}"

            eks.meta.events.register(f"before-sign.eks.{operation}", renamed)
        for call in (eks.describe_cluster, eks.delete_cluster):
            self.assertEqual(refusal(call, name="tenancy"), "AccessDeniedException", call)


if __name__ == "__main__":
    unittest.main()
