"""Admission: which pods go to the simulated nodes, and that nothing else about them changes."""

import base64
import json
import unittest

import requests
from support import ACCOUNT, REGION, URL, push

REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.sandbox.test:8443"


def patch(kind: str, item: dict, before: dict | None = None) -> list[dict]:
    """The change that the API server is told to make, when an object is made, or when there is one before."""
    body = {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {"uid": "1", "kind": {"kind": kind}, "operation": "CREATE", "object": item},
    }
    if before is not None:
        body["request"] |= {"operation": "UPDATE", "oldObject": before}
    response = requests.post(f"{URL}/_sandbox/admission", json=body, timeout=10).json()["response"]
    assert response["uid"] == "1" and response["allowed"], response
    return json.loads(base64.b64decode(response["patch"])) if "patch" in response else []


def pod(image: str, memory: str | None = None, **more: object) -> dict:
    resources = {"requests": {"memory": memory}} if memory else {}
    return {
        "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "image": image, "resources": resources}], **more},
    }


class Pods(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        push("real", "1", {"a": "b"})
        cls.digest = push("acted", "1", {"io.wallet-world.stand-in": "true"})
        push("acted", "index-1", {"io.wallet-world.stand-in": "true"})
        push("acts", "1", {"io.wallet-world.stand-in": "true", "io.wallet-world.stand-in.acts": "true"})

    def test_real_pods_stay_as_they_are(self) -> None:
        for item in (
            pod(f"{REGISTRY}/real:1"),
            pod("docker.io/library/busybox:1"),
            pod(f"{REGISTRY}/missing:1"),
        ):
            self.assertEqual(patch("Pod", item), [])

    def test_real_pods_request_a_part_of_what_they_ask_for(self) -> None:
        for asked, requested in (
            ({"memory": "4Gi"}, {"memory": str(2**32 // 20 + 1)}),
            ({"cpu": "2", "memory": "500m"}, {"cpu": "100m", "memory": "1"}),
            ({"cpu": "50m"}, {"cpu": "3m"}),
            ({"cpu": "0.001"}, {"cpu": "1m"}),
            ({"memory": "much", "example.com/device": "2"}, {"memory": "much", "example.com/device": "2"}),
        ):
            item = pod("x", initContainers=[{"name": "i", "image": "x"}])
            item["spec"]["containers"][0]["resources"] = {"requests": asked, "limits": {"memory": "1Gi"}}
            changes = {change["path"]: change["value"] for change in patch("Pod", item)}
            self.assertEqual(
                changes,
                {
                    "/spec/containers/0/resources/requests": requested,
                    "/metadata/annotations": {"wallet-world/oversubscribed": "requests are divided by 20"},
                },
            )

    def test_the_same_manifest_once_more_changes_nothing(self) -> None:
        def asking(requests: dict, **annotations: str) -> dict:
            item = pod("x")
            item["spec"]["containers"][0]["resources"]["requests"] = requests
            item["metadata"]["annotations"] = {f"wallet-world/{key}": value for key, value in annotations.items()}
            return item

        there = asking({"cpu": "100m"}, oversubscribed="requests are divided by 20")
        small = [{"op": "replace", "path": "/spec/containers/0/resources/requests", "value": {"cpu": "100m"}}]
        self.assertEqual(patch("Pod", asking({"cpu": "2"}), there), small)
        self.assertEqual(patch("Pod", asking({"cpu": "100m"}), there), [])
        two = asking({"cpu": "2"}, oversubscribed="requests are divided by 20")
        self.assertEqual(patch("Pod", asking({"cpu": "40"}), two)[0]["value"], {"cpu": "2"})
        self.assertEqual(patch("Pod", asking({"cpu": "4"}), there), [], "the API server says that it cannot be changed")
        self.assertEqual(patch("Pod", asking({"cpu": "2"}), asking({"cpu": "100m"})), [])

    def test_init_containers_request_a_part_of_what_they_ask_for(self) -> None:
        first = {"name": "i", "image": "x", "resources": {"requests": {"cpu": "1"}}}
        changes = {change["path"]: change["value"] for change in patch("Pod", pod("x", initContainers=[first]))}
        self.assertEqual(changes["/spec/initContainers/0/resources/requests"], {"cpu": "50m"})

    def test_stand_ins_are_simulated(self) -> None:
        for reference in (":1", f"@{self.digest}", f":1@{self.digest}", ":index-1"):
            changes = {change["path"]: change["value"] for change in patch("Pod", pod(f"{REGISTRY}/acted{reference}"))}
            self.assertEqual(changes["/spec/nodeSelector"], {"wallet-world/simulated": "true"}, reference)
            self.assertEqual(changes["/metadata/labels"], {"wallet-world/simulated": "true"})
            self.assertEqual(changes["/spec/tolerations"][0]["key"], "wallet-world/simulated")

    def test_stand_ins_that_act_run_and_are_marked(self) -> None:
        item = pod(f"{REGISTRY}/acts:1")
        marked = [{"op": "add", "path": "/metadata/labels", "value": {"wallet-world/stand-in": "true"}}]
        self.assertEqual(patch("Pod", item), marked)
        item["metadata"]["labels"] = {"l": "m"}
        self.assertEqual([change["path"] for change in patch("Pod", item)], ["/metadata/labels/wallet-world~1stand-in"])

    def test_stand_ins_that_act_beside_what_cannot_run_are_simulated(self) -> None:
        beside = pod(f"{REGISTRY}/acts:1")
        beside["spec"]["containers"].append({"name": "d", "image": f"{REGISTRY}/acted:1"})
        for item in (beside, pod(f"{REGISTRY}/acts:1", "64Gi")):
            paths = [change["path"] for change in patch("Pod", item)]
            self.assertIn("/spec/nodeSelector", paths)

    def test_memory_that_is_not_there(self) -> None:
        for memory in ("5Gi", "4.1Gi", "8000M", "64Gi", "1e10"):
            self.assertTrue(patch("Pod", pod("x", memory)), memory)
        two = pod("x", "3Gi")
        two["spec"]["containers"] *= 2
        self.assertTrue(patch("Pod", two))
        self.assertTrue(
            patch(
                "Pod",
                pod("x", initContainers=[{"name": "i", "image": "x", "resources": {"limits": {"memory": "5Gi"}}}]),
            )
        )

    def test_what_a_pod_has_is_kept(self) -> None:
        item = pod("x", "64Gi", nodeSelector={"a": "b"}, tolerations=[{"key": "t"}])
        item["metadata"]["labels"] = {"l": "m"}
        self.assertEqual(
            [change["path"] for change in patch("Pod", item)],
            [
                "/spec/nodeSelector/wallet-world~1simulated",
                "/metadata/labels/wallet-world~1simulated",
                "/metadata/annotations",
                "/spec/tolerations/-",
            ],
        )

    def test_storage_classes_of_ebs(self) -> None:
        self.assertEqual(
            patch("StorageClass", {"provisioner": "ebs.csi.aws.com"}),
            [{"op": "replace", "path": "/provisioner", "value": "wallet-world/host-path"}],
        )
        self.assertEqual(patch("StorageClass", {"provisioner": "other"}), [])


if __name__ == "__main__":
    unittest.main()
