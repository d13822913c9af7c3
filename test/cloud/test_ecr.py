"""ECR and the registry behind it: tokens, repositories, images, tags that must not change."""

import base64
import time
import unittest

import requests
from botocore.exceptions import ClientError
from cloud import ecr
from support import ACCOUNT, REGION, URL, client, credentials, document, push, session

HOST = f"{ACCOUNT}.dkr.ecr.{REGION}.sandbox.test:8443"


def may(method: str, uri: str, password: str | None, host: str = HOST) -> requests.Response:
    """What the gateway is told about a request to the registry."""
    headers = {"X-Original-Method": method, "X-Original-Uri": uri, "X-Original-Host": host}
    if password is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(f"AWS:{password}".encode()).decode()
    return requests.get(f"{URL}/_sandbox/registry-auth", headers=headers, timeout=10)


class Ecr(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.ecr = client("ecr")
        cls.uri = cls.ecr.create_repository(repositoryName="app/api", imageTagMutability="IMMUTABLE")["repository"][
            "repositoryUri"
        ]
        data = cls.ecr.get_authorization_token()["authorizationData"][0]
        cls.endpoint, (cls.user, cls.password) = (
            data["proxyEndpoint"],
            base64.b64decode(data["authorizationToken"]).decode().split(":"),
        )

    def test_names(self) -> None:
        self.assertEqual((self.uri, self.endpoint, self.user), (f"{HOST}/app/api", f"https://{HOST}", "AWS"))

    def test_the_token_opens_the_registry(self) -> None:
        self.assertEqual(may("GET", "/v2/", self.password).status_code, 200)
        self.assertEqual(may("POST", "/v2/app/api/blobs/uploads/", self.password).status_code, 200)
        for password in (None, "", "wrong", self.password[:-4] + "AAAA"):
            refused = may("GET", "/v2/", password)
            self.assertEqual(refused.status_code, 401)
            self.assertTrue(refused.headers["WWW-Authenticate"].startswith("Basic"))

    def test_a_token_ends_and_is_for_one_account(self) -> None:
        old, _ = ecr.token(ACCOUNT, REGION, credentials()["AccessKeyId"], time.time() - 13 * 3600)
        self.assertEqual(may("GET", "/v2/", old).status_code, 401)
        data = client("ecr", credentials("111111111111")).get_authorization_token()["authorizationData"][0]
        other = base64.b64decode(data["authorizationToken"]).decode().split(":")[1]
        self.assertEqual(may("GET", "/v2/", other).status_code, 401)
        self.assertEqual(may("GET", "/v2/", other, HOST.replace(ACCOUNT, "111111111111")).status_code, 200)

    def test_only_repositories_of_ecr(self) -> None:
        refused = may("GET", "/v2/app/nothing/manifests/1", self.password)
        self.assertEqual((refused.status_code, refused.json()["errors"][0]["code"]), (404, "NAME_UNKNOWN"))
        self.assertEqual(may("GET", "/v2/_catalog", self.password).status_code, 403)

    def test_images_are_those_of_the_registry(self) -> None:
        self.assertEqual(self.ecr.list_images(repositoryName="app/api")["imageIds"], [])
        digest = push("app/api", "1.0", layer=500)
        index = push("app/api", "index-2", layer=600)
        found = {
            item["imageDigest"]: item for item in self.ecr.describe_images(repositoryName="app/api")["imageDetails"]
        }
        self.assertEqual({key: item["imageTags"] for key, item in found.items()}, {digest: ["1.0"], index: ["index-2"]})
        self.assertEqual(found[digest]["imageSizeInBytes"], 510)
        one = self.ecr.batch_get_image(repositoryName="app/api", imageIds=[{"imageTag": "1.0"}])["images"][0]
        self.assertEqual(one["imageId"]["imageDigest"], digest)
        self.assertRaises(
            self.ecr.exceptions.ImageNotFoundException,
            self.ecr.describe_images,
            repositoryName="app/api",
            imageIds=[{"imageTag": "none"}],
        )
        refused = may("PUT", "/v2/app/api/manifests/1.0", self.password)
        self.assertEqual((refused.status_code, refused.json()["errors"][0]["code"]), (400, "TAG_INVALID"))
        self.assertEqual(may("PUT", "/v2/app/api/manifests/1.1", self.password).status_code, 200)
        self.ecr.batch_delete_image(repositoryName="app/api", imageIds=[{"imageTag": "1.0"}])
        self.assertEqual(
            [item["imageTag"] for item in self.ecr.list_images(repositoryName="app/api")["imageIds"]], ["index-2"]
        )

    def test_deleting_a_repository(self) -> None:
        self.ecr.create_repository(repositoryName="app/old")
        push("app/old", "1")
        self.assertRaises(
            self.ecr.exceptions.RepositoryNotEmptyException, self.ecr.delete_repository, repositoryName="app/old"
        )
        self.ecr.delete_repository(repositoryName="app/old", force=True)
        self.ecr.create_repository(repositoryName="app/old")
        self.assertEqual(self.ecr.list_images(repositoryName="app/old")["imageIds"], [])

    def test_what_there_is_not_is_refused_at_once(self) -> None:
        with self.assertRaises(ClientError) as refused:
            self.ecr.create_pull_through_cache_rule(
                ecrRepositoryPrefix="docker-hub", upstreamRegistryUrl="registry-1.docker.io"
            )
        self.assertEqual(refused.exception.response["Error"]["Code"], "ValidationException")


class Tenants(unittest.TestCase):
    """A token has the rights of whoever it was issued to, in each request to the registry."""

    DIGEST = "sha256:" + "0" * 64
    PULL = ("BatchGetImage", "GetDownloadUrlForLayer", "BatchCheckLayerAvailability", "ListImages")
    PUSH = ("InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")

    @classmethod
    def setUpClass(cls) -> None:
        cls.ecr = client("ecr")
        for name in ("ours/api", "theirs/api"):
            cls.ecr.create_repository(repositoryName=name)
        cls.own = cls.password("owner", "ours/*", *cls.PULL, *cls.PUSH)

    @classmethod
    def password(cls, role: str, repositories: str, *actions: str) -> str:
        arn = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repositories}"
        given = session(
            role,
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Effect": "Allow", "Action": [f"ecr:{action}" for action in actions], "Resource": arn},
        )
        data = client("ecr", given).get_authorization_token()["authorizationData"][0]
        return base64.b64decode(data["authorizationToken"]).decode().split(":")[1]

    def requests(self, name: str) -> list[tuple[str, str]]:
        return [
            *((method, f"/v2/{name}/manifests/1.0") for method in ("GET", "HEAD", "PUT")),
            *((method, f"/v2/{name}/manifests/{self.DIGEST}") for method in ("GET", "PUT")),
            *((method, f"/v2/{name}/blobs/{self.DIGEST}") for method in ("GET", "HEAD")),
            ("POST", f"/v2/{name}/blobs/uploads/"),
            *((method, f"/v2/{name}/blobs/uploads/0a-b_c=?_state=x") for method in ("PATCH", "PUT", "GET")),
            ("GET", f"/v2/{name}/tags/list?n=1"),
            ("GET", f"/v2/{name}/referrers/{self.DIGEST}"),
        ]

    def test_own_repositories(self) -> None:
        self.assertEqual(may("GET", "/v2/", self.own).status_code, 200)
        for method, uri in self.requests("ours/api"):
            self.assertEqual(may(method, uri, self.own).status_code, 200, f"{method} {uri}")
        for target in (f"blobs/{self.DIGEST}", f"manifests/{self.DIGEST}"):
            self.assertEqual(may("DELETE", f"/v2/ours/api/{target}", self.own).status_code, 403, target)

    def test_repositories_of_others(self) -> None:
        for method, uri in [*self.requests("theirs/api"), *self.requests("theirs/none")]:
            refused = may(method, uri, self.own)
            error = refused.json()["errors"][0]
            self.assertEqual((refused.status_code, error["code"]), (403, "DENIED"), f"{method} {uri}")
            self.assertRegex(
                error["message"], r"^User: .*/owner/run is not authorized to perform: ecr:\w+ on resource: "
            )

    def test_layers_of_others(self) -> None:
        mount = f"/v2/ours/api/blobs/uploads/?mount={self.DIGEST}&from="
        self.assertEqual(may("POST", f"{mount}ours/api", self.own).status_code, 200)
        for source in ("theirs/api", "theirs%2Fapi", "ours/api&from=theirs/api"):
            self.assertEqual(may("POST", mount + source, self.own).status_code, 403, source)

    def test_paths_with_two_meanings(self) -> None:
        for uri in (
            "/v2/ours/api/manifests/../../../theirs/api/manifests/1.0",
            "/v2/ours/api/manifests/..%2f..%2f..%2ftheirs/api/manifests/1.0",
            "/v2/ours/api/../../theirs/api/manifests/1.0",
            "/v2/ours%2Fapi/manifests/1.0",
            "/v2/ours/api/blobs/theirs/manifests/1.0",
        ):
            self.assertIn(may("GET", uri, self.own).status_code, (403, 404), uri)

    def test_who_may_only_pull(self) -> None:
        reader = self.password("puller", "ours/*", *self.PULL)
        self.assertEqual(may("GET", "/v2/ours/api/manifests/1.0", reader).status_code, 200)
        for method, uri in (("PUT", "manifests/1.0"), ("POST", "blobs/uploads/"), ("PATCH", "blobs/uploads/1")):
            self.assertEqual(may(method, f"/v2/ours/api/{uri}", reader).status_code, 403, uri)

    def test_rights_that_are_taken_away(self) -> None:
        former = self.password("former", "ours/*", *self.PULL)
        self.assertEqual(may("GET", "/v2/ours/api/manifests/1.0", former).status_code, 200)
        client("iam").delete_role_policy(RoleName="former", PolicyName="rights")
        self.assertEqual(may("GET", "/v2/ours/api/manifests/1.0", former).status_code, 403)

    def test_policies_of_repositories(self) -> None:
        guest = self.password("visitor", "nothing/*", *self.PULL)
        self.ecr.create_repository(repositoryName="ours/open")
        self.assertEqual(may("GET", "/v2/ours/open/manifests/1.0", guest).status_code, 403)
        principal = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/visitor"}
        policy = document({"Effect": "Allow", "Action": "ecr:BatchGetImage", "Principal": principal})
        self.ecr.set_repository_policy(repositoryName="ours/open", policyText=policy)
        self.assertEqual(may("GET", "/v2/ours/open/manifests/1.0", guest).status_code, 200)
        self.assertEqual(may("PUT", "/v2/ours/open/manifests/1.0", guest).status_code, 403)


if __name__ == "__main__":
    unittest.main()
