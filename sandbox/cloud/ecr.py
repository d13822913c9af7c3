"""ECR: repositories and images are those of the sandbox's registry; its tokens log in there."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import BaseResponse
from moto.ecr import urls
from moto.ecr.exceptions import RepositoryNotEmptyException
from moto.ecr.models import Image, Repository, ecr_backends
from moto.ecr.responses import ECRResponse

from . import authorization, keys, registry, settings
from .operations import error, extend

ecr = extend("ecr", ECRResponse, urls)
TOKEN_SECONDS = 12 * 3600
_seal = secrets.token_bytes(32)  # tokens end with the sandbox


def host(account: str, region: str) -> str:
    """The registry's host and port, as image references start with it."""
    return f"{account}.dkr.ecr.{region}.sandbox.test:{settings.PORT}"


def token(account: str, region: str, access_key: str, now: float | None = None) -> tuple[str, float]:
    """A password for an account's registry, and when it ends. Whoever has it may do what the owner of the access key
    may."""
    ends = int((now or time.time()) + TOKEN_SECONDS)
    payload = base64.urlsafe_b64encode(json.dumps([account, region, ends, access_key]).encode()).decode()
    return f"{payload}.{_sign(payload)}", ends


def _sign(payload: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(_seal, payload.encode(), hashlib.sha256)).decode()


def owner(password: str, account: str, region: str, now: float | None = None) -> keys.Key | None:
    """Whose password for this account's registry it is; None when it is for another one, or no longer good."""
    payload, _, seal = password.partition(".")
    if not hmac.compare_digest(seal.encode(), _sign(payload).encode()):
        return None
    of_account, of_region, ends, access_key = json.loads(base64.urlsafe_b64decode(payload))
    good = (of_account, of_region) == (account, region) and (now or time.time()) < ends
    return keys.find(access_key) if good else None


def exists(account: str, region: str, repository: str) -> bool:
    """Whether a repository was created in ECR."""
    return repository in ecr_backends[account][region].repositories


@ecr
def get_authorization_token(r: BaseResponse) -> dict:
    data = []
    for account in r._get_param("registryIds") or [r.current_account]:
        password, ends = token(account, r.region, authorization.current.get().key.id)
        data.append(
            {
                "authorizationToken": base64.b64encode(f"AWS:{password}".encode()).decode(),
                "expiresAt": datetime.fromtimestamp(ends, UTC),
                "proxyEndpoint": f"https://{host(account, r.region)}",
            }
        )
    return {"authorizationData": data}


@ecr
def create_repository(r: BaseResponse, original: Any) -> Any:
    answer = original(r)
    repository = r.ecr_backend.repositories[r._get_param("repositoryName")]
    repository.uri = f"{host(repository.registry_id, r.region)}/{repository.name}"
    return answer


def _refresh(r: BaseResponse) -> Repository | None:
    """Fills moto's repository with what the registry holds now. Images that lost their tags stay, as in ECR."""
    repository = r.ecr_backend.repositories.get(r._get_param("repositoryName"))
    if repository is None:
        return None
    known = {image.image_digest: image for image in repository.images}
    current: dict[str, Image] = {}
    for tag in registry.tags(repository.name):
        found = registry.manifest(repository.name, tag)
        if found is None:
            continue
        image = (
            current.get(found.digest)
            or known.get(found.digest)
            or Image(
                repository.account_id,
                None,
                found.text,
                repository.name,
                found.media_type,
                found.digest,
                repository.registry_id,
            )
        )
        if found.digest not in current:
            image.image_tags = []
        image.image_tags.append(tag)
        image.image_tag = image.image_tags[0]
        image.get_image_size_in_bytes = lambda size=found.size: size
        current[found.digest] = image
    for digest, image in known.items():
        if digest not in current and registry.manifest(repository.name, digest):
            image.image_tags, image.image_tag = [], None
            current[digest] = image
    for image_id in r._get_param("imageIds") or []:
        digest = image_id.get("imageDigest")
        if digest and digest not in current and (found := registry.manifest(repository.name, digest)):
            image = Image(
                repository.account_id,
                None,
                found.text,
                repository.name,
                found.media_type,
                digest,
                repository.registry_id,
            )
            image.get_image_size_in_bytes = lambda size=found.size: size
            current[digest] = image
    repository.images = list(current.values())
    return repository


@ecr
def list_images(r: BaseResponse, original: Any) -> Any:
    _refresh(r)
    return original(r)


@ecr
def describe_images(r: BaseResponse, original: Any) -> Any:
    _refresh(r)
    return original(r)


@ecr
def batch_get_image(r: BaseResponse, original: Any) -> Any:
    _refresh(r)
    return original(r)


@ecr
def batch_delete_image(r: BaseResponse, original: Any) -> Any:
    """A manifest goes with its last tag, or when it is named by digest."""
    repository = _refresh(r)
    before = {image.image_digest for image in repository.images} if repository else set()
    answer = original(r)
    if repository:
        for digest in before - {image.image_digest for image in repository.images}:
            registry.delete(repository.name, digest)
    return answer


@ecr
def delete_repository(r: BaseResponse, original: Any) -> Any:
    repository = _refresh(r)
    if repository and repository.images and not r._get_param("force"):
        raise RepositoryNotEmptyException(repository.name, repository.registry_id)
    digests = [image.image_digest for image in repository.images] if repository else []
    answer = original(r)
    for digest in digests:
        registry.delete(repository.name, digest)
    return answer


def _push_only(r: BaseResponse) -> None:
    raise error(
        "InvalidParameterException",
        "the sandbox takes images by the registry's own protocol only: push with crane, docker or helm",
    )


@ecr
def put_image(r: BaseResponse) -> None:
    _push_only(r)


@ecr
def initiate_layer_upload(r: BaseResponse) -> None:
    _push_only(r)


def _no_cache(r: BaseResponse) -> None:
    raise error(
        "ValidationException",
        "the sandbox's ECR has no pull-through cache and no creation templates: copy the image into a repository",
    )


@ecr
def create_pull_through_cache_rule(r: BaseResponse) -> None:
    _no_cache(r)


@ecr
def create_repository_creation_template(r: BaseResponse) -> None:
    _no_cache(r)


@ecr
def describe_pull_through_cache_rules(r: BaseResponse) -> dict:
    return {"pullThroughCacheRules": []}


@ecr
def describe_repository_creation_templates(r: BaseResponse) -> dict:
    return {"registryId": r.current_account, "repositoryCreationTemplates": []}
