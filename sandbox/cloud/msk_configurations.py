"""MSK configurations and their revisions."""

import base64
import uuid
from typing import Any

from moto.core.responses import BaseResponse

from .msk import msk, now
from .operations import error


def _configurations(r: BaseResponse) -> dict[str, dict]:
    return r.kafka_backend.__dict__.setdefault("configurations", {})


def _configuration(r: BaseResponse) -> dict[str, Any]:
    arn = r._get_param("arn")
    if arn not in _configurations(r):
        raise error("BadRequestException", f"Configuration ARN does not exist: {arn}")
    return _configurations(r)[arn]


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    latest = {key: value for key, value in item["revisions"][-1].items() if key != "serverProperties"}
    return {**{key: value for key, value in item.items() if key != "revisions"}, "latestRevision": latest}


def _revision(r: BaseResponse, number: int) -> dict[str, Any]:
    properties = r._get_param("serverProperties")
    base64.b64decode(properties, validate=True)
    return {
        "revision": number,
        "creationTime": now(),
        "description": r._get_param("description") or "",
        "serverProperties": properties,
    }


@msk
def create_configuration(r: BaseResponse) -> dict:
    name = r._get_param("name")
    if any(item["name"] == name for item in _configurations(r).values()):
        raise error("ConflictException", f"A resource with this name already exists: {name}")
    arn = f"arn:aws:kafka:{r.region}:{r.current_account}:configuration/{name}/{uuid.uuid4()}-1"
    item = {
        "arn": arn,
        "name": name,
        "state": "ACTIVE",
        "creationTime": now(),
        "description": r._get_param("description") or "",
        "kafkaVersions": r._get_param("kafkaVersions") or [],
        "revisions": [_revision(r, 1)],
    }
    _configurations(r)[arn] = item
    return {key: value for key, value in _shown(item).items() if key not in ("description", "kafkaVersions")}


@msk
def describe_configuration(r: BaseResponse) -> dict:
    return _shown(_configuration(r))


@msk
def list_configurations(r: BaseResponse) -> dict:
    return {"configurations": [_shown(item) for item in _configurations(r).values()]}


@msk
def describe_configuration_revision(r: BaseResponse) -> dict:
    item, number = _configuration(r), int(r._get_param("revision"))
    if not 0 < number <= len(item["revisions"]):
        raise error("NotFoundException", f"The configuration has no revision {number}")
    return {"arn": item["arn"], **item["revisions"][number - 1]}


@msk
def update_configuration(r: BaseResponse) -> dict:
    item = _configuration(r)
    item["revisions"].append(_revision(r, len(item["revisions"]) + 1))
    item["description"] = r._get_param("description") or ""
    return {"arn": item["arn"], "latestRevision": _shown(item)["latestRevision"]}


@msk
def delete_configuration(r: BaseResponse) -> dict:
    item = _configuration(r)
    if any(
        (cluster.settings.get("configurationInfo") or {}).get("arn") == item["arn"]
        for cluster in r.kafka_backend.clusters.values()
    ):
        raise error(
            "BadRequestException",
            "Configuration is in use by one or more clusters. Dissociate the configuration from the clusters.",
        )
    del _configurations(r)[item["arn"]]
    return {"arn": item["arn"], "state": "DELETING"}
