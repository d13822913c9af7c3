"""RDS and MSK: each instance is a process with a name and an address of its own; one that dies ends the cloud."""

import json
import os
import subprocess
import sys
import unittest

from botocore.exceptions import ClientError
from support import REGION, ROOT, WORK, client, eventually


def hosts() -> dict[str, str]:
    path = WORK / "run" / "hosts"
    return (
        {name: address for address, name in (line.split() for line in path.read_text().splitlines())}
        if path.exists()
        else {}
    )


class Databases(unittest.TestCase):
    def setUp(self) -> None:
        self.rds, self.secrets = client("rds"), client("secretsmanager")

    def make(self, name: str, **more: object) -> dict:
        self.rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            EngineVersion="17",
            DBInstanceClass="db.t4g.small",
            AllocatedStorage=20,
            MasterUsername="master_user",
            **more,
        )
        return eventually(
            lambda: next(
                (
                    d
                    for d in self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
                    if d["DBInstanceStatus"] == "available"
                ),
                None,
            )
        )

    def test_a_managed_password_that_is_asked_for_again_stays(self) -> None:
        before = self.make("again", ManageMasterUserPassword=True)["MasterUserSecret"]["SecretArn"]
        self.rds.modify_db_instance(DBInstanceIdentifier="again", ManageMasterUserPassword=True)
        [same] = self.rds.describe_db_instances(DBInstanceIdentifier="again")["DBInstances"]
        self.assertEqual(same["MasterUserSecret"]["SecretArn"], before)
        self.rds.delete_db_instance(DBInstanceIdentifier="again", SkipFinalSnapshot=True)

    def test_an_identifier_that_is_taken_is_refused(self) -> None:
        found = self.make("taken", MasterUserPassword="of-the-first-one")
        with self.assertRaises(ClientError) as refused:
            self.make("taken", MasterUserPassword="of-the-second-one")
        self.assertEqual(refused.exception.response["Error"]["Code"], "DBInstanceAlreadyExists")
        [same] = self.rds.describe_db_instances(DBInstanceIdentifier="taken")["DBInstances"]
        self.assertEqual(same["DbiResourceId"], found["DbiResourceId"])
        self.rds.delete_db_instance(DBInstanceIdentifier="taken", SkipFinalSnapshot=True)

    def test_a_database_with_a_managed_password(self) -> None:
        found = self.make("managed", DBName="store", ManageMasterUserPassword=True)
        secret = json.loads(
            self.secrets.get_secret_value(SecretId=found["MasterUserSecret"]["SecretArn"])["SecretString"]
        )
        address = hosts()[found["Endpoint"]["Address"]]
        name, bound, directory, user, password_file, database, password = (
            (WORK / "data/database" / address / "arguments").read_text().splitlines()
        )
        self.assertEqual((name, bound, user, database), (found["Endpoint"]["Address"], address, "master_user", "store"))
        self.assertEqual(secret, {"username": "master_user", "password": password})
        self.assertTrue(
            found["Endpoint"]["Address"].startswith("managed.")
            and found["Endpoint"]["Address"].endswith(f".{REGION}.rds.sandbox.test")
        )
        self.assertFalse(os.path.exists(password_file), "the password lies around")
        self.rds.delete_db_instance(DBInstanceIdentifier="managed", SkipFinalSnapshot=True)
        self.assertNotIn(name, hosts())
        self.assertFalse(os.path.exists(directory))

    def test_two_databases_are_told_apart(self) -> None:
        one, two = (self.make(name, MasterUserPassword="something", DBName="d") for name in ("one", "two"))
        self.assertNotEqual(one["DbiResourceId"], two["DbiResourceId"])
        self.assertNotEqual(hosts()[one["Endpoint"]["Address"]], hosts()[two["Endpoint"]["Address"]])

    def test_deletion_protection(self) -> None:
        self.make("kept", MasterUserPassword="something", DeletionProtection=True)
        self.assertRaises(ClientError, self.rds.delete_db_instance, DBInstanceIdentifier="kept", SkipFinalSnapshot=True)
        self.rds.modify_db_instance(DBInstanceIdentifier="kept", DeletionProtection=False, ApplyImmediately=True)
        self.rds.delete_db_instance(DBInstanceIdentifier="kept", SkipFinalSnapshot=True)

    def test_names_that_postgres_would_not_take(self) -> None:
        with self.assertRaises(ClientError) as refused:
            self.rds.create_db_instance(
                DBInstanceIdentifier="odd",
                Engine="postgres",
                DBInstanceClass="db.t4g.small",
                MasterUsername="a-b",
                MasterUserPassword="something",
            )
        self.assertEqual(refused.exception.response["Error"]["Code"], "InvalidParameterValue")

    def test_parameters_are_kept(self) -> None:
        self.rds.create_db_parameter_group(
            DBParameterGroupName="group", DBParameterGroupFamily="postgres17", Description="d"
        )
        self.rds.modify_db_parameter_group(
            DBParameterGroupName="group",
            Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}],
        )
        found = self.rds.describe_db_parameters(DBParameterGroupName="group", Source="user")["Parameters"]
        self.assertEqual([(p["ParameterName"], p["ParameterValue"]) for p in found], [("rds.force_ssl", "1")])
        self.rds.reset_db_parameter_group(
            DBParameterGroupName="group",
            Parameters=[{"ParameterName": "rds.force_ssl", "ApplyMethod": "pending-reboot"}],
        )
        self.assertEqual(self.rds.describe_db_parameters(DBParameterGroupName="group", Source="user")["Parameters"], [])


class Brokers(unittest.TestCase):
    def setUp(self) -> None:
        self.kafka = client("kafka")

    def test_configurations_and_clusters(self) -> None:
        made = self.kafka.create_configuration(
            Name="c", KafkaVersions=["3.9.x"], ServerProperties=b"num.partitions = 3\n"
        )
        self.kafka.update_configuration(Arn=made["Arn"], ServerProperties=b"num.partitions = 4\n")
        self.assertEqual(self.kafka.describe_configuration(Arn=made["Arn"])["LatestRevision"]["Revision"], 2)
        self.assertEqual(
            self.kafka.describe_configuration_revision(Arn=made["Arn"], Revision=1)["ServerProperties"],
            b"num.partitions = 3\n",
        )
        arn = self.kafka.create_cluster(
            ClusterName="it",
            KafkaVersion="3.9.x",
            NumberOfBrokerNodes=2,
            ConfigurationInfo={"Arn": made["Arn"], "Revision": 2},
            BrokerNodeGroupInfo={"InstanceType": "kafka.t3.small", "ClientSubnets": ["subnet-1", "subnet-2"]},
            ClientAuthentication={"Unauthenticated": {"Enabled": True}},
            Tags={"k": "v"},
        )["ClusterArn"]
        self.assertEqual(arn.split("/")[1], "it")
        cluster = eventually(
            lambda: (found := self.kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"])["State"] == "ACTIVE" and found
        )
        self.assertEqual(cluster["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"], 2)
        self.assertEqual(
            (cluster["ClientAuthentication"], cluster["Tags"]), ({"Unauthenticated": {"Enabled": True}}, {"k": "v"})
        )
        second = self.kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
        self.assertEqual(second["Provisioned"]["NumberOfBrokerNodes"], 2)
        broker, port = self.kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerString"].split(":")
        self.assertEqual((broker in hosts(), port, broker.startswith("b-1.it.")), (True, "9092", True))
        self.assertRaises(ClientError, self.kafka.delete_configuration, Arn=made["Arn"])
        operation = self.kafka.update_broker_count(
            ClusterArn=arn, CurrentVersion=cluster["CurrentVersion"], TargetNumberOfBrokerNodes=4
        )
        self.assertEqual(
            self.kafka.describe_cluster_operation(ClusterOperationArn=operation["ClusterOperationArn"])[
                "ClusterOperationInfo"
            ]["OperationState"],
            "UPDATE_COMPLETE",
        )
        self.kafka.delete_cluster(ClusterArn=arn)
        self.assertNotIn(broker, hosts())
        self.assertRaises(self.kafka.exceptions.NotFoundException, self.kafka.describe_cluster, ClusterArn=arn)
        self.kafka.delete_configuration(Arn=made["Arn"])


# Run in a process of its own, which is to end.
DOOMED = """
import time
from support import client
client("rds").create_db_instance(
    DBInstanceIdentifier="x", Engine="postgres", DBInstanceClass="db.t4g.small", MasterUsername="m",
    MasterUserPassword="something", DBName="die")
time.sleep(20)
print("still there")
"""


class Supervision(unittest.TestCase):
    def test_an_instance_that_dies_ends_the_cloud(self) -> None:
        ended = subprocess.run(
            [sys.executable, "-c", DOOMED],
            cwd=ROOT / "test" / "cloud",
            env={**os.environ, "SANDBOX_INSTANCE_NETWORK": "127.98.0.0/24"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual((ended.returncode, ended.stdout), (1, ""), ended.stderr)
        self.assertIn("has ended by itself with status 7", ended.stderr)
        self.assertIn("the last words of x.", ended.stderr)


if __name__ == "__main__":
    unittest.main()
