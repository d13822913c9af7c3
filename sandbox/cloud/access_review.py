"""Who may do what in Kubernetes by EKS's access policies: the API server asks when RBAC says nothing.

As EKS has it, a policy applies to the whole cluster or to namespaces, and only to whoever came with a token of the
principal: not to those whom he impersonates.
"""

from fnmatch import fnmatchcase
from typing import Any

from moto.eks.models import eks_backends

from . import access_policies

# What the token review says of a user, and the API server hands on: the principal, and the cluster of his token.
PRINCIPAL, CLUSTER = "canonicalArn", "sandbox.test/cluster"


def review(document: dict[str, Any]) -> dict[str, Any]:
    """Answers a SubjectAccessReview (authorization.k8s.io/v1)."""
    spec = document["spec"]
    policy = _policy(spec)
    status = {"allowed": policy is not None, "reason": f"EKS access policy {policy}" if policy else ""}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "status": status}


def _policy(spec: dict[str, Any]) -> str | None:
    """The name of the policy that allows what is asked for."""
    for arn, association in _associations(spec.get("extra") or {}):
        name, scope = arn.split("/")[-1], association["accessScope"]
        if "resourceAttributes" not in spec:
            if name == access_policies.EVERY_PATH and scope["type"] == "cluster":
                return name
            continue
        wanted = spec["resourceAttributes"]
        resource = "/".join(part for part in (wanted.get("resource"), wanted.get("subresource")) if part)
        if _within(scope, wanted.get("namespace", "")) and access_policies.allows(
            name, wanted.get("group", ""), resource, wanted.get("verb", "")
        ):
            return name
    return None


def _associations(extra: dict[str, list[str]]) -> list[tuple[str, dict[str, Any]]]:
    """The policies of the access entry that a user has come by."""
    clusters, principals = extra.get(CLUSTER, []), extra.get(PRINCIPAL, [])
    if len(clusters) != 1 or len(principals) != 1:
        return []
    _, _, _, region, account, name = clusters[0].split(":")
    cluster = eks_backends[account][region].clusters.get(name.removeprefix("cluster/"))
    entry = cluster and cluster.access_entries.get(principals[0])
    return list(entry["policies"].items()) if entry else []


def _within(scope: dict[str, Any], namespace: str) -> bool:
    """Whether a policy's scope covers a namespace; what is in none is covered by the whole cluster only."""
    if scope["type"] == "cluster":
        return True
    return bool(namespace) and any(fnmatchcase(namespace, pattern) for pattern in scope["namespaces"])
