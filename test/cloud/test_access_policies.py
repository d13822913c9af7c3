"""EKS access policies: what the API server is told about who may do what, and where."""

import unittest

import requests
from cloud import access_policies
from support import ACCOUNT, REGION, URL, client

POLICY = "arn:aws:eks::aws:cluster-access-policy/"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
CLUSTER = f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/policies"


def ask(extra: dict[str, list[str]], **attributes: object) -> bool:
    """Whether the cloud allows something, asked as the API server does."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": "somebody", "groups": ["system:authenticated"], "extra": extra, **attributes},
    }
    answer = requests.post(f"{URL}/_sandbox/access-review", json=body, timeout=10).json()
    assert answer["kind"] == "SubjectAccessReview" and not answer["status"].get("denied"), answer
    return answer["status"]["allowed"]


class Reviews(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.eks, ec2 = client("eks"), client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.7.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]["SubnetId"]
            for n in (1, 2)
        ]
        for name in ("policies", "others"):
            cls.eks.create_cluster(
                name=name,
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
                resourcesVpcConfig={"subnetIds": subnets},
                accessConfig={"authenticationMode": "API"},
            )
        cls.eks.create_access_entry(clusterName="policies", principalArn=ROLE)

    def setUp(self) -> None:
        entry = {"clusterName": "policies", "principalArn": ROLE}
        for item in self.eks.list_associated_access_policies(**entry)["associatedAccessPolicies"]:
            self.eks.disassociate_access_policy(**entry, policyArn=item["policyArn"])

    def grant(self, policy: str, *namespaces: str) -> None:
        scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
        self.eks.associate_access_policy(
            clusterName="policies", principalArn=ROLE, policyArn=POLICY + policy, accessScope=scope
        )

    def may(self, verb: str, resource: str, namespace: str = "ours", cluster: str = CLUSTER, role: str = ROLE) -> bool:
        group, _, name = resource.rpartition("/")
        wanted = {"verb": verb, "version": "v1"}
        kind, _, subresource = name.partition(":")
        for key, value in (
            ("group", group),
            ("resource", kind),
            ("subresource", subresource),
            ("namespace", namespace),
        ):
            wanted |= {key: value} if value else {}
        extra = {"canonicalArn": [role], "sandbox.test/cluster": [cluster]}
        return ask(extra, resourceAttributes=wanted)

    def test_nothing_without_a_policy(self) -> None:
        self.assertFalse(self.may("get", "pods"))

    def test_editing_in_a_namespace(self) -> None:
        self.grant("AmazonEKSEditPolicy", "ours")
        for verb, resource in (
            ("create", "apps/deployments"),
            ("patch", "apps/statefulsets"),
            ("get", "secrets"),
            ("update", "secrets"),
            ("delete", "pods"),
            ("create", "pods:exec"),
            ("get", "pods:log"),
            ("create", "networking.k8s.io/ingresses"),
            ("create", "batch/jobs"),
            ("get", "namespaces"),
        ):
            self.assertTrue(self.may(verb, resource), f"{verb} {resource}")
            for namespace in ("theirs", "ours-too", ""):
                self.assertFalse(self.may(verb, resource, namespace), f"{verb} {resource} in {namespace}")
        for verb, resource in (
            ("create", "rbac.authorization.k8s.io/rolebindings"),
            ("get", "rbac.authorization.k8s.io/roles"),
            ("create", "serviceaccounts:token"),
            ("create", "resourcequotas"),
            ("delete", "namespaces"),
            ("create", "networking.k8s.io/ingressclasses"),
            ("create", "external-secrets.io/externalsecrets"),
            ("create", "pods:eviction"),
        ):
            self.assertFalse(self.may(verb, resource), f"{verb} {resource}")

    def test_viewing(self) -> None:
        self.grant("AmazonEKSViewPolicy", "ours")
        self.assertTrue(self.may("list", "pods"))
        for verb, resource in (("get", "secrets"), ("create", "pods"), ("get", "pods:exec"), ("delete", "configmaps")):
            self.assertFalse(self.may(verb, resource), f"{verb} {resource}")

    def test_administering_a_namespace(self) -> None:
        self.grant("AmazonEKSAdminPolicy", "ours")
        self.assertTrue(self.may("create", "rbac.authorization.k8s.io/rolebindings"))
        self.assertFalse(self.may("create", "rbac.authorization.k8s.io/rolebindings", "theirs"))
        self.assertFalse(self.may("escalate", "rbac.authorization.k8s.io/roles"))
        self.assertFalse(self.may("create", "rbac.authorization.k8s.io/clusterroles", ""))

    def test_the_whole_cluster(self) -> None:
        self.grant("AmazonEKSEditPolicy")
        self.assertTrue(self.may("list", "pods", ""))
        self.assertTrue(self.may("create", "configmaps", "anything"))
        self.assertFalse(self.may("list", "nodes", ""))
        self.grant("AmazonEKSClusterAdminPolicy")
        for verb, resource in (("delete", "nodes"), ("bind", "rbac.authorization.k8s.io/clusterroles"), ("x", "a.b/c")):
            self.assertTrue(self.may(verb, resource, ""), f"{verb} {resource}")

    def test_paths(self) -> None:
        extra = {"canonicalArn": [ROLE], "sandbox.test/cluster": [CLUSTER]}
        metrics = {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}}
        self.grant("AmazonEKSClusterAdminPolicy", "ours")
        self.assertFalse(ask(extra, **metrics))
        self.grant("AmazonEKSClusterAdminPolicy")
        self.assertTrue(ask(extra, **metrics))

    def test_patterns_of_namespaces_and_several_policies(self) -> None:
        self.grant("AmazonEKSEditPolicy", "dev-*")
        self.grant("AmazonEKSViewPolicy", "ours")
        self.assertTrue(self.may("create", "pods", "dev-1"))
        self.assertTrue(self.may("get", "pods", "ours"))
        self.assertFalse(self.may("create", "pods", "ours"))

    def test_only_the_principal_in_his_cluster(self) -> None:
        self.grant("AmazonEKSClusterAdminPolicy")
        self.assertTrue(self.may("get", "pods"))
        self.assertFalse(self.may("get", "pods", cluster=CLUSTER.replace("policies", "others")))
        self.assertFalse(self.may("get", "pods", cluster=CLUSTER.replace("policies", "unheard-of")))
        self.assertFalse(self.may("get", "pods", role=f"{ROLE}-2"))
        pods = {"resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "ours"}}
        for extra in ({}, {"canonicalArn": [ROLE]}, {"sandbox.test/cluster": [CLUSTER]}):
            self.assertFalse(ask(extra, **pods), extra)

    def test_policies_that_there_are(self) -> None:
        listed = {item["name"] for item in self.eks.list_access_policies()["accessPolicies"]}
        self.assertEqual(listed, set(access_policies.POLICIES))


if __name__ == "__main__":
    unittest.main()
