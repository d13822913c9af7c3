"""What the sandbox's registry holds: a client of its HTTP API (OCI distribution specification)."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import requests

from . import settings

TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEXES = TYPES[:2]
TIMEOUT = 10


@dataclass(frozen=True)
class Manifest:
    """A manifest as the registry holds it."""

    digest: str
    media_type: str
    text: str

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.text)

    @property
    def size(self) -> int:
        """Bytes of configuration and layers."""
        return sum(part.get("size", 0) for part in [self.content.get("config", {}), *self.content.get("layers", [])])


def _get(path: str, **headers: str) -> requests.Response:
    return requests.get(f"http://{settings.REGISTRY}/v2/{path}", headers=headers, timeout=TIMEOUT)


def tags(repository: str) -> list[str]:
    """The repository's tags; none when nothing was pushed to it."""
    answer = _get(f"{repository}/tags/list")
    return sorted(answer.json().get("tags") or []) if answer.ok else []


def manifest(repository: str, reference: str) -> Manifest | None:
    """What a tag or digest stands for."""
    answer = _get(f"{repository}/manifests/{reference}", Accept=", ".join(TYPES))
    if not answer.ok:
        return None
    digest = answer.headers.get("Docker-Content-Digest") or "sha256:" + hashlib.sha256(answer.content).hexdigest()
    return Manifest(digest, answer.headers["Content-Type"].split(";")[0], answer.text)


def delete(repository: str, digest: str) -> None:
    """Deletes a manifest and with it the tags that name it."""
    requests.delete(f"http://{settings.REGISTRY}/v2/{repository}/manifests/{digest}", timeout=TIMEOUT)


@lru_cache(maxsize=1024)
def _config(repository: str, digest: str) -> dict[str, Any]:
    answer = _get(f"{repository}/blobs/{digest}")
    answer.raise_for_status()
    return answer.json()


def labels(repository: str, reference: str, architecture: str = "amd64") -> dict[str, str] | None:
    """The labels in an image's configuration; None when the registry does not hold it. Content is addressed by digest,
    so a configuration that was read once is not read again."""
    found = manifest(repository, reference)
    if found and found.media_type in INDEXES:
        parts = found.content.get("manifests", [])
        chosen = next(
            (part for part in parts if part.get("platform", {}).get("architecture") == architecture),
            parts[0] if parts else None,
        )
        found = chosen and manifest(repository, chosen["digest"])
    if not found or "config" not in found.content:
        return None
    return _config(repository, found.content["config"]["digest"]).get("config", {}).get("Labels") or {}
