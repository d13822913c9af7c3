"""EKS add-ons and pod identity associations: remembered as given; the sandbox's cluster has what they would bring."""

import json
import uuid
from typing import Any

from moto.core.responses import BaseResponse
from moto.core.utils import utcnow
from moto.eks import urls
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from .operations import error, extend, given

eks = extend("eks", EKSResponse, urls)
# Add-on -> the version that is the default for every version of Kubernetes here.
VERSIONS = {
    "vpc-cni": "v1.20.4-eksbuild.1",
    "kube-proxy": "v1.35.0-eksbuild.2",
    "coredns": "v1.12.4-eksbuild.1",
    "eks-pod-identity-agent": "v1.3.10-eksbuild.1",
    "aws-ebs-csi-driver": "v1.54.0-eksbuild.1",
    "metrics-server": "v0.8.0-eksbuild.1",
}


def _cluster(r: BaseResponse) -> Cluster:
    return r.eks_backend.describe_cluster(r._get_param("name") or r._get_param("clusterName"))


def _addon(r: BaseResponse) -> dict[str, Any]:
    addon = _cluster(r).addons.get(r._get_param("addonName"))
    if addon is None:
        raise error(
            "ResourceNotFoundException",
            f"No addon: {r._get_param('addonName')} found in cluster: {r._get_param('name')}",
        )
    return addon


def _check_configuration(values: str | None) -> None:
    try:
        valid = not values or isinstance(json.loads(values), dict)
    except ValueError:
        valid = False
    if not valid:
        raise error("InvalidParameterException", "ConfigurationValue provided in request is not a JSON object")


@eks
def create_addon(r: BaseResponse) -> dict:
    cluster, name = _cluster(r), r._get_param("addonName")
    if name in cluster.addons:
        raise error("ResourceInUseException", f"Addon {name} already exists in cluster {cluster.name}.")
    if name not in VERSIONS:
        raise error(
            "InvalidParameterException",
            f"Addon {name} specified is not supported; the sandbox knows {', '.join(VERSIONS)}",
        )
    _check_configuration(r._get_param("configurationValues"))
    cluster.addons[name] = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "health": {"issues": []},
        "addonVersion": VERSIONS[name],
        "addonArn": cluster.arn.replace(":cluster/", ":addon/") + f"/{name}/{uuid.uuid4()}",
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": {},
        **given(r, "addonVersion", "serviceAccountRoleArn", "configurationValues", "tags"),
    }
    return {"addon": cluster.addons[name]}


@eks
def describe_addon(r: BaseResponse) -> dict:
    return {"addon": _addon(r)}


@eks
def list_addons(r: BaseResponse) -> dict:
    return {"addons": list(_cluster(r).addons)}


@eks
def update_addon(r: BaseResponse) -> dict:
    addon = _addon(r)
    _check_configuration(r._get_param("configurationValues"))
    change = given(r, "addonVersion", "serviceAccountRoleArn", "configurationValues")
    addon.update(change, modifiedAt=utcnow())
    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": "AddonUpdate",
        "createdAt": utcnow(),
        "errors": [],
        "params": [{"type": name[:1].upper() + name[1:], "value": value} for name, value in change.items()],
    }
    _cluster(r).updates[update["id"]] = update
    return {"update": update}


@eks
def delete_addon(r: BaseResponse) -> dict:
    addon = _addon(r)
    del _cluster(r).addons[addon["addonName"]]
    return {"addon": {**addon, "status": "DELETING"}}


@eks
def describe_addon_versions(r: BaseResponse) -> dict:
    wanted = r.querystring.get("addonName", [None])[0]
    kubernetes = r.querystring.get("kubernetesVersion", ["1.35"])[0]
    return {
        "addons": [
            {
                "addonName": name,
                "type": "networking",
                "owner": "aws",
                "publisher": "eks",
                "addonVersions": [
                    {
                        "addonVersion": version,
                        "architecture": ["amd64", "arm64"],
                        "compatibilities": [
                            {"clusterVersion": kubernetes, "platformVersions": ["*"], "defaultVersion": True}
                        ],
                    }
                ],
            }
            for name, version in VERSIONS.items()
            if wanted in (None, name)
        ]
    }


def _association(r: BaseResponse) -> dict[str, Any]:
    found = _cluster(r).pod_identities.get(r._get_param("associationId"))
    if found is None:
        raise error(
            "ResourceNotFoundException",
            f"Association {r._get_param('associationId')} not found in cluster {_cluster(r).name}",
        )
    return found


@eks
def create_pod_identity_association(r: BaseResponse) -> dict:
    cluster, subject = _cluster(r), given(r, "namespace", "serviceAccount")
    if any(subject.items() <= other.items() for other in cluster.pod_identities.values()):
        raise error(
            "ResourceInUseException", f"Association already exists for namespace and service account: {subject}"
        )
    key = "a-" + uuid.uuid4().hex[:17]
    cluster.pod_identities[key] = {
        "clusterName": cluster.name,
        "associationId": key,
        "associationArn": cluster.arn.replace(":cluster/", ":podidentityassociation/") + f"/{key}",
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": {},
        "disableSessionTags": False,
        **subject,
        **given(r, "roleArn", "tags", "disableSessionTags", "targetRoleArn"),
    }
    return {"association": cluster.pod_identities[key]}


@eks
def describe_pod_identity_association(r: BaseResponse) -> dict:
    return {"association": _association(r)}


@eks
def list_pod_identity_associations(r: BaseResponse) -> dict:
    wanted = {name: r.querystring[name][0] for name in ("namespace", "serviceAccount") if name in r.querystring}
    keys = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
    return {
        "associations": [
            {key: item[key] for key in keys}
            for item in _cluster(r).pod_identities.values()
            if wanted.items() <= item.items()
        ]
    }


@eks
def update_pod_identity_association(r: BaseResponse) -> dict:
    item = _association(r)
    item.update(given(r, "roleArn", "disableSessionTags", "targetRoleArn"), modifiedAt=utcnow())
    return {"association": item}


@eks
def delete_pod_identity_association(r: BaseResponse) -> dict:
    item = _association(r)
    del _cluster(r).pod_identities[item["associationId"]]
    return {"association": item}
