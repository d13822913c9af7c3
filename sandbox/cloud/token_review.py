"""Who is behind a Kubernetes token: a presigned request to STS, as `aws eks get-token` makes it, and the access entries
of the EKS cluster that it names."""

import base64
import binascii
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from moto.eks.models import Cluster, eks_backends

from . import access_review, keys, settings, signature
from .errors import WORDS, Refusal

PREFIX = "k8s-aws-v1."
LIFETIME = timedelta(seconds=settings.TOKEN_SECONDS)  # whatever the token says, as on EKS
STS_HOST = re.compile(r"sts(\.[a-z0-9-]+)?\.amazonaws\.com|aws\.sandbox\.test(:\d+)?")


class Unknown(Exception):
    """The token stands for nobody; the text says why."""


def review(document: dict[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """Answers a TokenReview (authentication.k8s.io/v1)."""
    try:
        status = {"authenticated": True, "user": user_of(document["spec"]["token"], now)}
    except Unknown as unknown:
        status = {"authenticated": False, "error": str(unknown)}
    return {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status}


def user_of(token: str, now: datetime | None = None) -> dict[str, Any]:
    """The Kubernetes user of a token. Raises Unknown."""
    request = _request(token)
    try:
        claim = signature.claim_of(request)
        if "x-k8s-aws-id" not in claim.signed or claim.lifetime is None:
            raise Unknown("the token does not sign the name of a cluster (x-k8s-aws-id)")
        key, cluster = _authenticate(request, now)
    except Refusal as refusal:
        raise Unknown(f"AWS refuses the token: {WORDS[refusal.kind][2]} {refusal.detail}".strip()) from None
    entry = cluster.access_entries.get(key.principal)
    if entry is None:
        raise Unknown(
            f"{key.principal} has no access entry in EKS cluster {cluster.name}: `aws eks create-access-entry` adds one"
        )
    session = key.session.replace("@", "-")  # as EKS does
    return {
        "username": entry["username"].replace("{{SessionName}}", session),
        "uid": f"aws-iam-authenticator:{key.account}:{key.principal}",
        "groups": list(entry["kubernetesGroups"]),
        "extra": {
            "arn": [key.arn],
            access_review.PRINCIPAL: [key.principal],
            "sessionName": [key.session],
            access_review.CLUSTER: [cluster.arn],
        },
    }


def _request(token: str) -> signature.Request:
    """The presigned request inside a token. Only GetCallerIdentity of STS proves who somebody is."""
    if not token.startswith(PREFIX):
        raise Unknown(f"the token does not start with {PREFIX}")
    encoded = token[len(PREFIX) :]
    try:
        url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Unknown("the token is not base64") from None
    parts = urlsplit(url)
    request = signature.Request("GET", url, {"host": parts.netloc})
    if parts.scheme != "https" or not STS_HOST.fullmatch(parts.netloc) or parts.path not in ("", "/"):
        raise Unknown(f"the token is no request to STS but to {parts.netloc}{parts.path}")
    if request.query.get("Action") != "GetCallerIdentity":
        raise Unknown("the token is no GetCallerIdentity request")
    return request


def _authenticate(request: signature.Request, now: datetime | None) -> tuple[keys.Key, Cluster]:
    """The token does not say which cluster it is for, its signature does: so each cluster is tried."""
    clusters = [
        cluster
        for regions in list(eks_backends.values())
        for backend in list(regions.values())
        for cluster in list(backend.clusters.values())
    ]
    if not clusters:
        raise Unknown("there is no EKS cluster yet")
    last = Refusal("signature")
    for cluster in clusters:
        request.headers["x-k8s-aws-id"] = cluster.name
        try:
            return signature.authenticate(request, now, LIFETIME), cluster
        except Refusal as refusal:
            last = refusal
    raise last
