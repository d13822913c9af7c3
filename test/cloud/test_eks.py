"""EKS: what the AWS provider reads back is what it has asked for."""

import unittest

from botocore.exceptions import ClientError
from support import ACCOUNT, REGION, client

POLICY = "arn:aws:eks::aws:cluster-access-policy/"


class Eks(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.eks, cls.ec2 = client("eks"), client("ec2")
        vpc = cls.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
        cls.subnets = [
            cls.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]["SubnetId"]
            for n in (1, 2)
        ]
        cls.cluster = cls.eks.create_cluster(
            name="it",
            version="1.35",
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
            resourcesVpcConfig={"subnetIds": cls.subnets},
            accessConfig={"authenticationMode": "API"},
            logging={"clusterLogging": [{"types": ["audit"], "enabled": True}]},
        )["cluster"]

    def refusal(self, call, **arguments: object) -> str:
        with self.assertRaises(ClientError) as refused:
            call(clusterName="it", **arguments)
        return refused.exception.response["Error"]["Code"]

    def test_the_cluster_leads_to_the_sandbox(self) -> None:
        self.assertEqual(self.cluster["endpoint"], f"https://it.eks.{REGION}.sandbox.test:8443")
        self.assertEqual(self.cluster["certificateAuthority"]["data"], "YW4gYXV0aG9yaXR5Cg==")
        self.assertEqual(
            self.cluster["accessConfig"], {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True}
        )
        group = self.cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
        self.assertEqual(
            self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"],
            self.cluster["resourcesVpcConfig"]["vpcId"],
        )

    def test_a_zone_without_eks(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]
            for n in (1, 3)
        ]
        self.assertEqual([subnet["AvailabilityZoneId"] for subnet in subnets], ["use1-az1", "use1-az3"])
        with self.assertRaises(ClientError) as refused:
            self.eks.create_cluster(
                name="zones",
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/eks",
                resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in subnets]},
            )
        self.assertEqual(refused.exception.response["Error"]["Code"], "UnsupportedAvailabilityZoneException")
        self.assertNotIn("zones", self.eks.list_clusters()["clusters"])

    def test_updates(self) -> None:
        update = self.eks.update_cluster_config(name="it", resourcesVpcConfig={"endpointPrivateAccess": True})["update"]
        self.assertEqual(self.eks.describe_update(name="it", updateId=update["id"])["update"]["status"], "Successful")
        config = self.eks.describe_cluster(name="it")["cluster"]["resourcesVpcConfig"]
        self.assertEqual((config["endpointPrivateAccess"], config["subnetIds"]), (True, self.subnets))

    def test_access_entries(self) -> None:
        arn = f"arn:aws:iam::{ACCOUNT}:role/some/path/dev"
        entry = self.eks.create_access_entry(
            clusterName="it", principalArn=arn, kubernetesGroups=["a"], tags={"k": "v"}
        )["accessEntry"]
        self.assertEqual((entry["type"], entry["tags"]), ("STANDARD", {"k": "v"}))
        self.assertEqual(self.refusal(self.eks.create_access_entry, principalArn=arn), "ResourceInUseException")
        self.eks.associate_access_policy(
            clusterName="it",
            principalArn=arn,
            policyArn=POLICY + "AmazonEKSEditPolicy",
            accessScope={"type": "namespace", "namespaces": ["x"]},
        )
        found = self.eks.list_associated_access_policies(clusterName="it", principalArn=arn)["associatedAccessPolicies"]
        self.assertEqual(
            [(item["policyArn"], item["accessScope"]) for item in found],
            [(POLICY + "AmazonEKSEditPolicy", {"type": "namespace", "namespaces": ["x"]})],
        )
        self.eks.disassociate_access_policy(
            clusterName="it", principalArn=arn, policyArn=POLICY + "AmazonEKSEditPolicy"
        )
        self.eks.update_access_entry(clusterName="it", principalArn=arn, kubernetesGroups=["b"])
        self.assertEqual(
            self.eks.describe_access_entry(clusterName="it", principalArn=arn)["accessEntry"]["kubernetesGroups"], ["b"]
        )
        self.eks.delete_access_entry(clusterName="it", principalArn=arn)
        self.assertEqual(self.refusal(self.eks.describe_access_entry, principalArn=arn), "ResourceNotFoundException")
        self.assertEqual(self.refusal(self.eks.create_access_entry, principalArn="nobody"), "InvalidParameterException")

    def test_addons(self) -> None:
        self.eks.create_addon(clusterName="it", addonName="coredns", configurationValues='{"replicaCount":1}')
        self.eks.update_addon(clusterName="it", addonName="coredns", configurationValues='{"replicaCount":2}')
        addon = self.eks.describe_addon(clusterName="it", addonName="coredns")["addon"]
        self.assertEqual((addon["status"], addon["configurationValues"]), ("ACTIVE", '{"replicaCount":2}'))
        versions = self.eks.describe_addon_versions(addonName="coredns", kubernetesVersion="1.35")["addons"]
        self.assertEqual(versions[0]["addonVersions"][0]["addonVersion"], addon["addonVersion"])
        self.assertEqual(self.refusal(self.eks.create_addon, addonName="unheard-of"), "InvalidParameterException")
        self.assertEqual(
            self.refusal(self.eks.create_addon, addonName="vpc-cni", configurationValues="["),
            "InvalidParameterException",
        )
        self.eks.delete_addon(clusterName="it", addonName="coredns")
        self.assertEqual(self.eks.list_addons(clusterName="it")["addons"], [])

    def test_pod_identities(self) -> None:
        subject = {"clusterName": "it", "namespace": "n", "serviceAccount": "s"}
        made = self.eks.create_pod_identity_association(**subject, roleArn=f"arn:aws:iam::{ACCOUNT}:role/r")[
            "association"
        ]
        self.assertEqual(
            [item["associationId"] for item in self.eks.list_pod_identity_associations(**subject)["associations"]],
            [made["associationId"]],
        )
        self.assertEqual(
            self.eks.list_pod_identity_associations(clusterName="it", namespace="other")["associations"], []
        )
        self.eks.delete_pod_identity_association(clusterName="it", associationId=made["associationId"])
        self.assertEqual(
            self.refusal(self.eks.describe_pod_identity_association, associationId=made["associationId"]),
            "ResourceNotFoundException",
        )

    def test_node_groups_invent_nothing(self) -> None:
        group = self.eks.create_nodegroup(
            clusterName="it",
            nodegroupName="general",
            subnets=self.subnets,
            nodeRole=f"arn:aws:iam::{ACCOUNT}:role/node",
            taints=[{"key": "a", "value": "b", "effect": "NO_SCHEDULE"}],
        )["nodegroup"]
        self.assertNotIn("remoteAccess", group)
        self.assertEqual((group["version"], group["taints"][0]["key"]), ("1.35", "a"))
        self.eks.update_nodegroup_config(
            clusterName="it", nodegroupName="general", scalingConfig={"minSize": 1, "maxSize": 4, "desiredSize": 1}
        )
        self.assertEqual(
            self.eks.describe_nodegroup(clusterName="it", nodegroupName="general")["nodegroup"]["scalingConfig"][
                "maxSize"
            ],
            4,
        )
        self.eks.delete_nodegroup(clusterName="it", nodegroupName="general")


if __name__ == "__main__":
    unittest.main()
