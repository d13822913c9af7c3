"""Who may do what in the registry: ECR's tokens with the rights of their owners, repositories that were created in ECR,
tags that must not change."""

import base64
import binascii
import json
import re
from urllib.parse import parse_qs

from moto.ecr.models import ecr_backends

from . import ecr, registry
from .rights import facts_of, refusal

HOST = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.sandbox\.test(:\d+)?(\.localhost(:\d+)?)?")
TAG, DIGEST = r"\w[\w.-]{0,127}", r"[a-z0-9]+:[0-9a-f]{32,}"
# Nothing that another reader could take for another repository: no slashes but those of the protocol, no escapes.
PATH = re.compile(
    r"/v2/(?P<repository>[a-z0-9._/-]+?)/"
    rf"(?P<kind>manifests/(?P<reference>{TAG}|{DIGEST})|blobs/{DIGEST}|blobs/uploads/[\w=.-]*|tags/list|referrers/{DIGEST})"
)
UPLOADS = "blobs/uploads/"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="the sandbox\'s ECR"'}

Answer = tuple[int, dict[str, str], bytes]


def decide(method: str, uri: str, host: str, authorization: str) -> Answer:
    """Whether a request to the registry may go on: 200, or the answer that the client gets instead."""
    place = HOST.fullmatch(host.lower())
    if place is None:
        return _refuse(404, "NAME_UNKNOWN", f"{host} is not a registry of the sandbox")
    account, region = place["account"], place["region"]
    key = ecr.owner(_password(authorization), account, region)
    if key is None:
        text = "the token is missing, has expired or is for another registry: get one with `aws ecr get-login-password`"
        return _refuse(401, "UNAUTHORIZED", text, CHALLENGE)
    path, _, query = uri.partition("?")
    if path.rstrip("/") == "/v2":
        return 200, {}, b""
    target = PATH.fullmatch(path)
    if target is None:
        return _refuse(
            403, "DENIED", "only repositories can be used; a list of all of them is ECR's DescribeRepositories"
        )
    name = target["repository"]
    facts = facts_of(key, secure=True)
    for action, of in wanted(method, name, target["kind"], parse_qs(query)):
        why = refusal(key, f"ecr:{action}", f"arn:aws:ecr:{region}:{account}:repository/{of}", facts)
        if why:
            return _refuse(403, "DENIED", why)
    repository = ecr_backends[account][region].repositories.get(name)
    if repository is None:
        return _refuse(
            404, "NAME_UNKNOWN", f"The repository with name '{name}' does not exist in the registry with id '{account}'"
        )
    if method == "PUT" and target["reference"] and repository.is_tag_immutable():
        tag = target["reference"]
        # The same bytes again would be fine, but are not known before they arrive; ECR refuses them as well.
        if not tag.startswith("sha256:") and registry.manifest(name, tag):
            return _refuse(
                400,
                "TAG_INVALID",
                f"The image tag '{tag}' already exists in the '{name}' repository, which is immutable: use another tag",
            )
    return 200, {}, b""


def wanted(method: str, repository: str, kind: str, query: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What a request must be allowed to do, and in which repositories: the actions that ECR asks for."""
    reads = method in ("GET", "HEAD")
    if kind.startswith(UPLOADS):
        actions = {"POST": ["InitiateLayerUpload"], "PUT": ["CompleteLayerUpload"]}.get(method, ["UploadLayerPart"])
        # A layer that is taken over from another repository is read there.
        sources = [("GetDownloadUrlForLayer", source) for source in query.get("from", [])]
        return [*((action, repository) for action in actions), *sources]
    if kind.startswith("blobs/"):
        action = "GetDownloadUrlForLayer" if method == "GET" else "BatchCheckLayerAvailability"
    elif kind == "tags/list":
        action = "ListImages"
    else:
        action = "BatchGetImage" if reads else "PutImage"
    return [("BatchDeleteImage" if method == "DELETE" else action, repository)]


def _password(authorization: str) -> str:
    """The password of HTTP Basic authentication for the user AWS."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return password if user == "AWS" else ""


def _refuse(status: int, code: str, text: str, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps({"errors": [{"code": code, "message": text}]}).encode()
    return status, {"Content-Type": "application/json", **(headers or {})}, body
