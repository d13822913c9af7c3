"""What becomes of new objects in the cluster: pods that cannot really run here go to the simulated nodes, the others
request less than they ask for, stand-ins that act are marked, and volumes of the EBS driver come from local disk."""

import base64
import json
import math
import re
from typing import Any

from . import registry, settings

# Labels and annotations of pods.
SIMULATED = "wallet-world/simulated"
ACTING = "wallet-world/stand-in"
OVERSUBSCRIBED = "wallet-world/oversubscribed"
# Labels of images: one that stands in for what cannot be had, and one that does its work with made-up input.
STAND_IN = "io.wallet-world.stand-in"
ACTS = "io.wallet-world.stand-in.acts"
EBS, HOST_PATH = "ebs.csi.aws.com", "wallet-world/host-path"
IMAGE = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.sandbox\.test(:\d+)?/(?P<repository>[^:@]+)(:(?P<tag>[^@]+))?(@(?P<digest>.+))?"
)


def review(document: dict[str, Any]) -> dict[str, Any]:
    """Answers an AdmissionReview (admission.k8s.io/v1): everything is allowed, some things are changed."""
    request = document["request"]
    item = request["object"]
    kind = request["kind"]["kind"]
    if kind == "StorageClass":
        patch = storage_class(item)
    elif kind == "Pod":
        patch = pod(item) if request["operation"] == "CREATE" else smaller_again(item, request["oldObject"])
    else:
        patch = []
    response: dict[str, Any] = {"uid": request["uid"], "allowed": True}
    if patch:
        response |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response}


def pod(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The change to a new pod: smaller requests when it can run, otherwise where it goes and why."""
    images = {container["image"]: labels(container["image"]) for container in containers(item["spec"])}
    why = reason(item["spec"], images)
    if why is None:
        return [*marked(item, images), *oversubscribed(item)]
    toleration = {"key": SIMULATED, "operator": "Equal", "value": "true", "effect": "NoSchedule"}
    changes = [
        *_merge("/spec/nodeSelector", item["spec"].get("nodeSelector"), SIMULATED, "true"),
        *_merge("/metadata/labels", item["metadata"].get("labels"), SIMULATED, "true"),
        *_merge("/metadata/annotations", item["metadata"].get("annotations"), "wallet-world/simulated-because", why),
    ]
    if item["spec"].get("tolerations"):
        return [*changes, {"op": "add", "path": "/spec/tolerations/-", "value": toleration}]
    return [*changes, {"op": "add", "path": "/spec/tolerations", "value": [toleration]}]


def marked(item: dict[str, Any], images: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """The change that marks a pod in which a stand-in acts."""
    if not any(found.get(ACTS) == "true" for found in images.values()):
        return []
    return _merge("/metadata/labels", item["metadata"].get("labels"), ACTING, "true")


def oversubscribed(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The change that lets many environments share one machine: requests divided, limits as they are."""
    smaller = [
        {"op": "replace", "path": f"/spec/{kind}/{index}/resources/requests", "value": _divided(requests)}
        for kind in ("initContainers", "containers")
        for index, container in enumerate(item["spec"].get(kind, []))
        if (requests := container.get("resources", {}).get("requests"))
    ]
    if settings.OVERSUBSCRIPTION == 1 or not smaller:
        return []
    note = f"requests are divided by {settings.OVERSUBSCRIPTION}"
    return [*smaller, *_merge("/metadata/annotations", item["metadata"].get("annotations"), OVERSUBSCRIBED, note)]


def smaller_again(item: dict[str, Any], before: dict[str, Any]) -> list[dict[str, Any]]:
    """The change to a pod that is there: what asks for as much as at first requests as little again. Whoever applies the
    same manifest once more would otherwise change what cannot be changed.

    before: the pod as it is in the cluster
    """
    if OVERSUBSCRIBED not in before["metadata"].get("annotations", {}):
        return []
    return [
        {"op": "replace", "path": f"/spec/{kind}/{index}/resources/requests", "value": requested}
        for kind in ("initContainers", "containers")
        for index, (new, old) in enumerate(zip(item["spec"].get(kind, []), before["spec"].get(kind, []), strict=False))
        if (asked := new.get("resources", {}).get("requests"))
        and asked != (requested := old.get("resources", {}).get("requests", {}))
        and _amounts(_divided(asked)) == _amounts(requested)
    ]


def _amounts(requests: dict[str, str]) -> dict[str, float | str]:
    """Requests as numbers: the API server writes 2000m as 2."""

    def amount(text: str) -> float | str:
        try:
            return settings.quantity(str(text))
        except ValueError:
            return text

    return {resource: amount(text) for resource, text in requests.items()}


def _divided(requests: dict[str, str]) -> dict[str, str]:
    """Requests of processors and memory, divided; others, and what is no quantity, as they are: the API server says why."""

    def part(resource: str, text: str) -> str:
        if resource not in ("cpu", "memory"):
            return text
        try:
            share = settings.quantity(str(text)) / settings.OVERSUBSCRIPTION
        except ValueError:
            return text
        return f"{math.ceil(share * 1000)}m" if resource == "cpu" else str(math.ceil(share))

    return {resource: part(resource, text) for resource, text in requests.items()}


def containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All containers of a pod."""
    return [*spec.get("initContainers", []), *spec["containers"]]


def reason(spec: dict[str, Any], images: dict[str, dict[str, str]]) -> str | None:
    """Why a pod cannot run here, or None when it can.

    images: the labels of the containers' images, by the image's name
    """
    for container in containers(spec):
        found = images[container["image"]]
        if found.get(STAND_IN) == "true" and found.get(ACTS) != "true":
            return f"the image of container {container['name']} is a stand-in"
    asked = memory(spec)
    if asked > settings.POD_MEMORY:
        allowed = settings.POD_MEMORY / 2**30
        return f"it asks for {asked / 2**30:.1f} GiB of memory; SANDBOX_POD_MEMORY allows {allowed:.1f} GiB"
    return None


def memory(spec: dict[str, Any]) -> float:
    """The memory that a pod asks for, as the scheduler counts it. A limit without a request is one."""

    def asked(container: dict[str, Any]) -> float:
        resources = container.get("resources", {})
        text = resources.get("requests", {}).get("memory") or resources.get("limits", {}).get("memory") or "0"
        try:
            return settings.quantity(str(text))
        except ValueError:
            return 0  # the API server refuses such a pod after us, and says why

    beside = [c for c in spec.get("initContainers", []) if c.get("restartPolicy") == "Always"]
    before = [asked(c) for c in spec.get("initContainers", []) if c.get("restartPolicy") != "Always"]
    return max([sum(asked(c) for c in [*spec["containers"], *beside]), *before])


def labels(image: str) -> dict[str, str]:
    """What an image of the sandbox's registry says of itself; nothing when it is none, or not there."""
    match = IMAGE.fullmatch(image)
    if match is None:
        return {}
    return registry.labels(match["repository"], match["digest"] or match["tag"] or "latest") or {}


def storage_class(item: dict[str, Any]) -> list[dict[str, Any]]:
    """The change to a storage class: the EBS driver's becomes the sandbox's own."""
    return [{"op": "replace", "path": "/provisioner", "value": HOST_PATH}] if item["provisioner"] == EBS else []


def _merge(path: str, present: dict[str, str] | None, key: str, value: str) -> list[dict[str, Any]]:
    """Sets a key of a map that may not be there yet."""
    if not present:
        return [{"op": "add", "path": path, "value": {key: value}}]
    return [{"op": "add", "path": f"{path}/{key.replace('~', '~0').replace('/', '~1')}", "value": value}]
