"""EKS access entries and their policies: who may use the cluster's Kubernetes API, and with which rights."""

import re
import uuid
from typing import Any

from moto.core.responses import BaseResponse
from moto.core.utils import utcnow
from moto.eks import urls
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from . import keys
from .access_policies import POLICIES
from .operations import error, extend

eks = extend("eks", EKSResponse, urls)
POLICY = "arn:aws:eks::aws:cluster-access-policy/"


def _cluster(r: BaseResponse) -> Cluster:
    return r.eks_backend.describe_cluster(r._get_param("name") or r._get_param("clusterName"))


def entry_of(r: BaseResponse) -> dict[str, Any]:
    """The access entry that a request's path names."""
    principal = r._get_param("principalArn")
    entry = _cluster(r).access_entries.get(principal)
    if entry is None:
        raise error("ResourceNotFoundException", f"The specified principalArn could not be found: {principal}")
    return entry


def grant_creator(r: BaseResponse, cluster: Cluster) -> None:
    """Whoever creates a cluster is its administrator, if that was not declined."""
    key = keys.find(r.get_access_key())
    if key:
        entry = _add(r, cluster, key.principal)
        policy = POLICY + "AmazonEKSClusterAdminPolicy"
        entry["policies"][policy] = _association(policy, {"type": "cluster", "namespaces": []})


@eks
def create_access_entry(r: BaseResponse) -> dict:
    cluster, principal = _cluster(r), r._get_param("principalArn")
    if not re.fullmatch(r"arn:aws:iam::\d{12}:(user|role)/.+", principal or ""):
        raise error(
            "InvalidParameterException", f"The specified principalArn is invalid: invalid principal: {principal}"
        )
    if principal in cluster.access_entries:
        raise error("ResourceInUseException", "The specified access entry resource is already in use on this cluster.")
    return {"accessEntry": _shown(_add(r, cluster, principal))}


@eks
def describe_access_entry(r: BaseResponse) -> dict:
    return {"accessEntry": _shown(entry_of(r))}


@eks
def list_access_entries(r: BaseResponse) -> dict:
    wanted = r.querystring.get("associatedPolicyArn", [None])[0]
    entries = _cluster(r).access_entries
    return {"accessEntries": [arn for arn, entry in entries.items() if wanted is None or wanted in entry["policies"]]}


@eks
def update_access_entry(r: BaseResponse) -> dict:
    entry = entry_of(r)
    for name in ("kubernetesGroups", "username"):
        if (value := r._get_param(name)) is not None:
            entry[name] = value
    entry["modifiedAt"] = utcnow()
    return {"accessEntry": _shown(entry)}


@eks
def delete_access_entry(r: BaseResponse) -> dict:
    del _cluster(r).access_entries[entry_of(r)["principalArn"]]
    return {}


@eks
def associate_access_policy(r: BaseResponse) -> dict:
    entry, policy = entry_of(r), r._get_param("policyArn")
    if policy.removeprefix(POLICY) not in POLICIES:
        raise error("InvalidParameterException", f"The policyArn parameter format is not valid: {policy}")
    entry["policies"][policy] = _association(policy, r._get_param("accessScope"))
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicy": entry["policies"][policy],
    }


@eks
def list_associated_access_policies(r: BaseResponse) -> dict:
    entry = entry_of(r)
    return {
        "clusterName": entry["clusterName"],
        "principalArn": entry["principalArn"],
        "associatedAccessPolicies": list(entry["policies"].values()),
    }


@eks
def disassociate_access_policy(r: BaseResponse) -> dict:
    if entry_of(r)["policies"].pop(r._get_param("policyArn"), None) is None:
        raise error("ResourceNotFoundException", f"The specified policy is not associated: {r._get_param('policyArn')}")
    return {}


@eks
def list_access_policies(r: BaseResponse) -> dict:
    return {"accessPolicies": [{"name": name, "arn": POLICY + name} for name in POLICIES]}


def _add(r: BaseResponse, cluster: Cluster, principal: str) -> dict[str, Any]:
    """A new entry. A role's users are named after the session, as on EKS."""
    account, name = principal.split(":")[4], principal.split("/")[-1]
    role = f"arn:aws:sts::{account}:assumed-role/{name}/{{{{SessionName}}}}"
    creating = r._get_param("principalArn") == principal
    cluster.access_entries[principal] = entry = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "policies": {},
        "accessEntryArn": cluster.arn.replace(":cluster/", ":access-entry/")
        + f"/{'role' if ':role/' in principal else 'user'}/{account}/{name}/{uuid.uuid4()}",
        "kubernetesGroups": creating and r._get_param("kubernetesGroups") or [],
        "username": creating and r._get_param("username") or (role if ":role/" in principal else principal),
        "type": creating and r._get_param("type") or "STANDARD",
        "tags": creating and r._get_param("tags") or {},
    }
    return entry


def _association(policy: str, scope: dict[str, Any]) -> dict[str, Any]:
    return {
        "policyArn": policy,
        "accessScope": {"namespaces": [], **scope},
        "associatedAt": utcnow(),
        "modifiedAt": utcnow(),
    }


def _shown(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "policies"}
