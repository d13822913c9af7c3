"""EKS clusters and node groups: the sandbox's Kubernetes behind every endpoint, settings remembered as given."""

import base64
import copy
import uuid
from typing import Any

from moto.core.responses import BaseResponse
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.eks import models, urls
from moto.eks.responses import EKSResponse

from . import eks_access, names, settings
from .operations import error, extend, given

eks = extend("eks", EKSResponse, urls)
PLATFORM_VERSION = "eks.1"
VERSIONS = ("1.35", "1.34", "1.33")
DISK_GIB = 20
# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
ZONES_WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3")

# moto would invent an SSH key for every node group, which the next plan then wants to take away.
models.DEFAULT_REMOTE_ACCESS = None


def cluster_of(r: BaseResponse) -> models.Cluster:
    """The cluster that a request's path names."""
    return r.eks_backend.describe_cluster(r._get_param("name"))


@eks
def create_cluster(r: BaseResponse, original: Any) -> Any:
    answer = original(r)
    cluster = cluster_of(r)
    cluster.endpoint = f"https://{cluster.name}.eks.{r.region}.sandbox.test:{settings.PORT}"
    cluster.certificate_authority = {"data": base64.b64encode((settings.RUN / "ca.crt").read_bytes()).decode()}
    issuer = names.label(cluster.arn, "issuer").upper()
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{r.region}.amazonaws.com/id/{issuer}"}}
    cluster.platformVersion = PLATFORM_VERSION
    cluster.version = r._get_param("version") or VERSIONS[0]
    cluster.kubernetes_network_config = {
        "serviceIpv4Cidr": "172.20.0.0/16",
        "ipFamily": "ipv4",
        **(r._get_param("kubernetesNetworkConfig") or {}),
    }
    cluster.resources_vpc_config = _vpc(r, cluster)
    cluster.logging = _logging(r._get_param("logging"))
    cluster.upgrade_policy = r._get_param("upgradePolicy") or {"supportType": "EXTENDED"}
    cluster.zonal_shift_config = r._get_param("zonalShiftConfig")
    cluster.deletion_protection = r._get_param("deletionProtection") or False
    cluster.access_config = {
        "authenticationMode": "CONFIG_MAP",
        "bootstrapClusterCreatorAdminPermissions": True,
        **(r._get_param("accessConfig") or {}),
    }
    cluster.access_entries, cluster.addons, cluster.pod_identities, cluster.updates = {}, {}, {}, {}
    if cluster.access_config["bootstrapClusterCreatorAdminPermissions"]:
        eks_access.grant_creator(r, cluster)
    return answer


@eks
def delete_cluster(r: BaseResponse, original: Any) -> Any:
    cluster = cluster_of(r)
    if cluster.deletion_protection:
        raise error(
            "InvalidRequestException",
            f"Cluster {cluster.name} is protected from deletion: disable its deletion protection first",
        )
    answer = original(r)
    group = cluster.resources_vpc_config["clusterSecurityGroupId"]
    ec2_backends[r.current_account][r.region].delete_security_group(group_id=group)
    return answer


@eks
def update_cluster_config(r: BaseResponse) -> dict:
    cluster = cluster_of(r)
    for parameter, attribute, kind in (
        ("resourcesVpcConfig", "resources_vpc_config", "EndpointAccessUpdate"),
        ("accessConfig", "access_config", "AccessConfigUpdate"),
        ("upgradePolicy", "upgrade_policy", "UpgradePolicyUpdate"),
        ("zonalShiftConfig", "zonal_shift_config", "ZonalShiftConfigUpdate"),
    ):
        if (change := r._get_param(parameter)) is not None:
            setattr(cluster, attribute, {**(getattr(cluster, attribute) or {}), **change})
            return _update(cluster, kind, change)
    if (change := r._get_param("logging")) is not None:
        cluster.logging = _logging(change)
        return _update(cluster, "LoggingUpdate", change)
    if (protect := r._get_param("deletionProtection")) is not None:
        cluster.deletion_protection = protect
    return _update(cluster, "DeletionProtectionUpdate", {})


@eks
def update_cluster_version(r: BaseResponse) -> dict:
    cluster = cluster_of(r)
    cluster.version = r._get_param("version")
    return _update(cluster, "VersionUpdate", {"Version": cluster.version})


@eks
def associate_encryption_config(r: BaseResponse) -> dict:
    cluster = cluster_of(r)
    cluster.encryption_config = r._get_param("encryptionConfig")
    return _update(cluster, "AssociateEncryptionConfig", {})


@eks
def describe_update(r: BaseResponse) -> dict:
    update = cluster_of(r).updates.get(r._get_param("updateId"))
    if update is None:
        raise error("ResourceNotFoundException", f"No update found for id: {r._get_param('updateId')}")
    return {"update": update}


@eks
def describe_cluster_versions(r: BaseResponse) -> dict:
    return {
        "clusterVersions": [
            {
                "clusterVersion": version,
                "clusterType": "eks",
                "defaultVersion": version == VERSIONS[0],
                "status": "standard-support",
                "versionStatus": "STANDARD_SUPPORT",
                "kubernetesPatchVersion": version + ".0",
                "defaultPlatformVersion": PLATFORM_VERSION,
            }
            for version in VERSIONS
        ]
    }


@eks
def create_nodegroup(r: BaseResponse, original: Any) -> Any:
    answer = original(r)
    group = r.eks_backend.describe_nodegroup(r._get_param("name"), r._get_param("nodegroupName"))
    cluster = cluster_of(r)
    group.resources.pop("remoteAccessSecurityGroup", None)
    group.version = r._get_param("version") or cluster.version
    group.release_version = r._get_param("releaseVersion") or f"{group.version}.0-20260101"
    group.update_config = r._get_param("updateConfig") or {"maxUnavailable": 1}
    group.node_repair_config = r._get_param("nodeRepairConfig")
    if group.launch_template:  # which then says how large the disk is
        group.disk_size = None
    return answer


@eks
def update_nodegroup_config(r: BaseResponse, original: Any) -> dict:
    original(r)
    return _update(cluster_of(r), "ConfigUpdate", given(r, "labels", "taints", "scalingConfig", "updateConfig"))


@eks
def update_nodegroup_version(r: BaseResponse) -> dict:
    group = r.eks_backend.describe_nodegroup(r._get_param("name"), r._get_param("nodegroupName"))
    group.version = r._get_param("version") or group.version
    group.release_version = r._get_param("releaseVersion") or f"{group.version}.0-20260101"
    group.launch_template = {**(group.launch_template or {}), **(r._get_param("launchTemplate") or {})} or None
    return _update(cluster_of(r), "VersionUpdate", {"Version": group.version})


def _update(cluster: models.Cluster, kind: str, change: dict) -> dict:
    """The record of an update, which is done as soon as it is asked for."""
    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "createdAt": utcnow(),
        "errors": [],
        "params": [{"type": name[:1].upper() + name[1:], "value": str(value)} for name, value in change.items()],
    }
    cluster.updates[update["id"]] = update
    return {"update": update}


def _vpc(r: BaseResponse, cluster: models.Cluster) -> dict:
    """The cluster's place in a VPC, with the security group that EKS makes for control plane and nodes."""
    config = {
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
        "securityGroupIds": [],
        **copy.deepcopy(r._get_param("resourcesVpcConfig") or {}),
    }
    if not config["publicAccessCidrs"]:
        config["publicAccessCidrs"] = ["0.0.0.0/0"]
    ec2 = ec2_backends[r.current_account][r.region]
    ids = config.get("subnetIds") or []
    try:
        subnets = [ec2.get_subnet(subnet) for subnet in ids]
        config["vpcId"] = subnets[0].vpc_id
    except Exception as missing:
        r.eks_backend.clusters.pop(cluster.name)
        raise error("InvalidParameterException", f"A subnet ID does not exist: {ids}") from missing
    for subnet in subnets:
        if subnet.availability_zone_id in ZONES_WITHOUT_EKS:
            r.eks_backend.clusters.pop(cluster.name)
            raise error(
                "UnsupportedAvailabilityZoneException",
                f"Cannot create cluster '{cluster.name}' in {subnet.availability_zone} ({subnet.availability_zone_id})",
            )
    group = ec2.create_security_group(
        f"eks-cluster-sg-{cluster.name}-{names.label(cluster.arn)}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes",
        vpc_id=config["vpcId"],
        tags={f"kubernetes.io/cluster/{cluster.name}": "owned", "aws:eks:cluster-name": cluster.name},
    )
    config["clusterSecurityGroupId"] = group.id
    return config


def _logging(asked: dict | None) -> dict:
    """Each log type is either on or off; those not named are off."""
    kinds = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
    on = {kind for setup in (asked or {}).get("clusterLogging", []) if setup.get("enabled") for kind in setup["types"]}
    return {
        "clusterLogging": [
            setup
            for setup in (
                {"types": [kind for kind in kinds if kind in on], "enabled": True},
                {"types": [kind for kind in kinds if kind not in on], "enabled": False},
            )
            if setup["types"]
        ]
    }
