"""MSK: a cluster is one real Kafka broker; its settings are remembered as they were given."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import BaseResponse
from moto.kafka import urls
from moto.kafka.models import FakeKafkaCluster
from moto.kafka.responses import KafkaResponse

from . import names, settings
from .instances import Instance
from .operations import error, extend

PORT = 9092


def msk(function: Callable) -> Callable:
    """Registers an operation; answers are JSON in the API's own spelling, with times as text."""

    def answer(r: BaseResponse) -> str:
        return json.dumps(function(r))

    answer.__name__ = function.__name__
    return extend("kafka", KafkaResponse, urls)(answer)


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def cluster_of(r: BaseResponse) -> FakeKafkaCluster:
    """The cluster that a request's path names."""
    arn = r._get_param("clusterArn")
    cluster = r.kafka_backend.clusters.get(arn)
    if cluster is None:
        raise error("NotFoundException", f"The requested resource doesn't exist: {arn}")
    return cluster


# moto's ARN lacks the cluster's name, which the provider looks for.
def _arn(self: FakeKafkaCluster) -> str:
    kind = "cluster" if self.cluster_type == "PROVISIONED" else "serverless-cluster"
    return f"arn:aws:kafka:{self.region_name}:{self.account_id}:{kind}/{self.cluster_name}/{self.cluster_id}-1"


FakeKafkaCluster._generate_arn = _arn


@msk
def create_cluster(r: BaseResponse) -> dict:
    return _create(r, r._get_param("clusterName"), json.loads(r.body), r._get_param("tags"))


@msk
def create_cluster_v2(r: BaseResponse) -> dict:
    asked = json.loads(r.body)
    if "provisioned" not in asked:
        raise error("BadRequestException", "the sandbox has no serverless MSK clusters: ask for a provisioned one")
    return {**_create(r, asked["clusterName"], asked["provisioned"], asked.get("tags")), "clusterType": "PROVISIONED"}


def _create(r: BaseResponse, name: str, asked: dict[str, Any], tags: dict[str, str] | None) -> dict:
    backend = r.kafka_backend
    if any(cluster.cluster_name == name for cluster in backend.clusters.values()):
        raise error("ConflictException", f"A resource with this name already exists: {name}")
    cluster = FakeKafkaCluster(name, r.current_account, r.region, "PROVISIONED", kafka_version=asked["kafkaVersion"])
    cluster.settings = _with_defaults(
        r, {key: value for key, value in asked.items() if key not in ("clusterName", "tags")}
    )
    cluster.creation_time = now()
    cluster.version = 1
    backend.clusters[cluster.arn] = cluster
    backend.tag_resource(cluster.arn, tags or {})
    host = f"b-1.{name}.{names.label(r.current_account, r.region)}.kafka.{r.region}.sandbox.test"
    cluster.broker = Instance("kafka", host, PORT)
    cluster.broker.start(
        settings.HOME / "kafka" / "broker",
        ready=lambda: setattr(cluster, "state", "ACTIVE"),
        failed=lambda: setattr(cluster, "state", "FAILED"),
    )
    return {"clusterArn": cluster.arn, "clusterName": name, "state": cluster.state}


def _with_defaults(r: BaseResponse, asked: dict[str, Any]) -> dict[str, Any]:
    """What MSK adds to what it is asked for."""
    asked = {"enhancedMonitoring": "DEFAULT", "storageMode": "LOCAL", **asked}
    nodes = asked["brokerNodeGroupInfo"] = {"brokerAZDistribution": "DEFAULT", **asked["brokerNodeGroupInfo"]}
    nodes.setdefault("storageInfo", {"ebsStorageInfo": {"volumeSize": 1000}})
    nodes.setdefault("connectivityInfo", {"publicAccess": {"type": "DISABLED"}})
    nodes["zoneIds"] = [f"use1-az{index + 1}" for index in range(len(nodes["clientSubnets"]))]
    encryption = asked.setdefault("encryptionInfo", {})
    encryption.setdefault(
        "encryptionAtRest", {"dataVolumeKMSKeyId": f"arn:aws:kms:{r.region}:{r.current_account}:alias/aws/kafka"}
    )
    encryption["encryptionInTransit"] = {
        "clientBroker": "TLS",
        "inCluster": True,
        **encryption.get("encryptionInTransit", {}),
    }
    return asked


def _described(r: BaseResponse, cluster: FakeKafkaCluster) -> tuple[dict, dict]:
    """What both versions of the API say, and what only a provisioned cluster has."""
    asked = cluster.settings
    configuration = asked.get("configurationInfo") or {}
    software = {"kafkaVersion": asked["kafkaVersion"]}
    if configuration:
        software |= {"configurationArn": configuration["arn"], "configurationRevision": configuration["revision"]}
    common = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.cluster_name,
        "creationTime": cluster.creation_time,
        "state": cluster.state,
        "currentVersion": f"K{cluster.version}",
        "tags": r.kafka_backend.list_tags_for_resource(cluster.arn),
    }
    provisioned = {key: value for key, value in asked.items() if key not in ("configurationInfo", "kafkaVersion")}
    return common, {**provisioned, "currentBrokerSoftwareInfo": software, "customerActionStatus": "NONE"}


@msk
def describe_cluster(r: BaseResponse) -> dict:
    common, provisioned = _described(r, cluster_of(r))
    return {"clusterInfo": {**common, **provisioned}}


@msk
def describe_cluster_v2(r: BaseResponse) -> dict:
    common, provisioned = _described(r, cluster_of(r))
    return {"clusterInfo": {**common, "clusterType": "PROVISIONED", "provisioned": provisioned}}


@msk
def list_clusters(r: BaseResponse) -> dict:
    return {"clusterInfoList": [{**common, **provisioned} for common, provisioned in _matching(r)]}


@msk
def list_clusters_v2(r: BaseResponse) -> dict:
    return {
        "clusterInfoList": [
            {**common, "clusterType": "PROVISIONED", "provisioned": provisioned} for common, provisioned in _matching(r)
        ]
    }


def _matching(r: BaseResponse) -> list[tuple[dict, dict]]:
    prefix = r.querystring.get("clusterNameFilter", [""])[0]
    return [
        _described(r, cluster)
        for cluster in r.kafka_backend.clusters.values()
        if cluster.cluster_name.startswith(prefix)
    ]


@msk
def get_bootstrap_brokers(r: BaseResponse) -> dict:
    """One broker without TLS, whatever number and encryption the cluster has been asked for."""
    cluster = cluster_of(r)
    return {"bootstrapBrokerString": f"{cluster.broker.name}:{PORT}"} if cluster.state == "ACTIVE" else {}


@msk
def delete_cluster(r: BaseResponse) -> dict:
    cluster = cluster_of(r)
    del r.kafka_backend.clusters[cluster.arn]
    cluster.broker.stop()
    return {"clusterArn": cluster.arn, "state": "DELETING"}


def _change(r: BaseResponse, **change: Any) -> dict:
    """Changes what is remembered of a cluster; done at once, so the operation has already succeeded."""
    cluster = cluster_of(r)
    if r._get_param("currentVersion") != f"K{cluster.version}":
        raise error(
            "BadRequestException", f"This operation cannot be performed: the current version is K{cluster.version}"
        )
    cluster.settings |= {key: value for key, value in change.items() if value is not None}
    cluster.version += 1
    return {
        "clusterArn": cluster.arn,
        "clusterOperationArn": cluster.arn.replace(":cluster/", ":cluster-operation/") + f"/{uuid.uuid4()}",
    }


@msk
def describe_cluster_operation(r: BaseResponse) -> dict:
    arn = r._get_param("clusterOperationArn")
    return {
        "clusterOperationInfo": {
            "operationArn": arn,
            "clusterArn": arn.replace(":cluster-operation/", ":cluster/").rsplit("/", 1)[0],
            "operationState": "UPDATE_COMPLETE",
            "creationTime": now(),
            "endTime": now(),
        }
    }


@msk
def update_cluster_configuration(r: BaseResponse) -> dict:
    return _change(r, configurationInfo=r._get_param("configurationInfo"))


@msk
def update_cluster_kafka_version(r: BaseResponse) -> dict:
    return _change(
        r, kafkaVersion=r._get_param("targetKafkaVersion"), configurationInfo=r._get_param("configurationInfo")
    )


@msk
def update_broker_count(r: BaseResponse) -> dict:
    return _change(r, numberOfBrokerNodes=r._get_param("targetNumberOfBrokerNodes"))


@msk
def update_broker_type(r: BaseResponse) -> dict:
    return _change(
        r,
        brokerNodeGroupInfo={
            **cluster_of(r).settings["brokerNodeGroupInfo"],
            "instanceType": r._get_param("targetInstanceType"),
        },
    )


@msk
def update_broker_storage(r: BaseResponse) -> dict:
    volume = r._get_param("targetBrokerEBSVolumeInfo")[0]
    storage = {"ebsStorageInfo": {"volumeSize": volume["volumeSizeGB"]}}
    return _change(r, brokerNodeGroupInfo={**cluster_of(r).settings["brokerNodeGroupInfo"], "storageInfo": storage})


@msk
def update_monitoring(r: BaseResponse) -> dict:
    return _change(r, **{key: r._get_param(key) for key in ("enhancedMonitoring", "openMonitoring", "loggingInfo")})


@msk
def update_security(r: BaseResponse) -> dict:
    asked = r._get_param("encryptionInfo")
    encryption = {**cluster_of(r).settings["encryptionInfo"], **asked} if asked else None
    return _change(r, clientAuthentication=r._get_param("clientAuthentication"), encryptionInfo=encryption)


@msk
def list_scram_secrets(r: BaseResponse) -> dict:
    cluster_of(r)
    return {"secretArnList": []}
