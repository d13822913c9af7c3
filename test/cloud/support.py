"""A cloud to test: the real server on a port of its own, with small stand-ins for Postgres, Kafka and the registry."""

import atexit
import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = Path(tempfile.mkdtemp(prefix="cloud-test-"))
ACCOUNT, REGION = "000000000000", "us-east-1"

# Opens the port that the cloud waits for; "die" as the database's name makes it end soon after.
PROGRAM = """#!{python}
import socket, sys, time
name, address, directory = sys.argv[1:4]
password = open(sys.argv[5]).read() if len(sys.argv) > 5 else ""
open(directory + "/arguments", "w").write("\\n".join([*sys.argv[1:], password]))
print("the last words of", name, flush=True)
if "die" in sys.argv: sys.exit(7)
server = socket.create_server((address, {port}))
while True: server.accept()[0].close()
"""


class Registry(BaseHTTPRequestHandler):
    """As much of the distribution protocol as the cloud uses. CONTENT: repository -> reference -> (type, bytes)."""

    content: dict[str, dict[str, tuple[str, bytes]]] = {}

    def do_GET(self) -> None:
        repository, kind, reference = self.path.removeprefix("/v2/").rsplit("/", 2)
        held = self.content.get(repository, {})
        if kind == "tags":
            return self._send(
                200, "application/json", json.dumps({"tags": [name for name in held if ":" not in name]}).encode()
            )
        found = held.get(reference)
        return self._send(200, *found) if found else self._send(404, "application/json", b"{}")

    def do_DELETE(self) -> None:
        repository, _, digest = self.path.removeprefix("/v2/").rsplit("/", 2)
        held = self.content[repository]
        gone = held[digest]
        self.content[repository] = {name: item for name, item in held.items() if item != gone}
        self._send(202, "text/plain", b"")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def push(repository: str, tag: str, labels: dict[str, str] | None = None, layer: int = 100) -> str:
    """Puts an image into the registry, past the cloud; returns its digest."""
    held = Registry.content.setdefault(repository, {})

    def hold(kind: str, content: dict) -> str:
        data = json.dumps(content).encode()
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        held[digest] = (kind, data)
        return digest

    config = hold("application/octet-stream", {"config": {"Labels": labels or {}}})
    manifest = hold(
        "application/vnd.oci.image.manifest.v1+json",
        {
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"digest": config, "size": 10},
            "layers": [{"digest": "sha256:0", "size": layer}],
        },
    )
    index = (
        hold(
            "application/vnd.oci.image.index.v1+json",
            {"manifests": [{"digest": manifest, "platform": {"architecture": "amd64"}}]},
        )
        if tag.startswith("index")
        else manifest
    )
    held[tag] = held[index]
    return index


def _serve(handler: type) -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_port}"


def _prepare() -> None:
    os.environ.setdefault("SANDBOX_INSTANCE_NETWORK", "127.99.0.0/24")
    for name, port in (("database/instance", 5432), ("kafka/broker", 9092)):
        program = WORK / "home" / name
        program.parent.mkdir(parents=True)
        program.write_text(PROGRAM.format(python=sys.executable, port=port))
        program.chmod(0o755)
    (WORK / "run").mkdir()
    (WORK / "run" / "ca.crt").write_text("an authority\n")
    os.environ.update(
        SANDBOX_HOME=str(WORK / "home"),
        SANDBOX_RUN=str(WORK / "run"),
        SANDBOX_DATA=str(WORK / "data"),
        SANDBOX_PORT="8443",
        SANDBOX_REGISTRY=_serve(Registry),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )


_prepare()
sys.path.insert(0, str(ROOT / "sandbox"))

import boto3  # noqa: E402
import requests  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from cloud import instances, server  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

_httpd = make_server("127.0.0.1", 0, server.application, threaded=True, request_handler=server.MotoRequestHandler)
URL = f"http://127.0.0.1:{_httpd.server_port}"
threading.Thread(target=_httpd.serve_forever, daemon=True).start()


def _end() -> None:
    instances.stop_all()
    shutil.rmtree(WORK, ignore_errors=True)


atexit.register(_end)


def credentials(account: str = ACCOUNT) -> dict[str, str]:
    """A session of the account's administrator, as the sandbox hands it out."""
    answer = requests.get(f"{URL}/_sandbox/credentials", params={"account": account}, timeout=10)
    answer.raise_for_status()
    return answer.json()


def client(service: str, given: dict[str, str] | None = None, **options: object):
    """A boto3 client that signs for real."""
    keys = given or credentials()
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=URL,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys.get("Token"),
        config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}, **options),
    )


def document(*statements: dict) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def session(role: str, *statements: dict, **options: object) -> dict[str, str]:
    """A session of a new role with these rights."""
    iam = client("iam")
    trust = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}})
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    if statements:
        iam.put_role_policy(RoleName=role, PolicyName="rights", PolicyDocument=document(*statements))
    made = client("sts").assume_role(RoleArn=arn, RoleSessionName="run", **options)["Credentials"]
    return {**made, "Token": made["SessionToken"]}


def refusal(call, **arguments: object) -> str:
    """The code of the error that a call ends with; empty when it succeeds."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def eventually(check, seconds: float = 20):
    """Waits until CHECK returns something true, and returns it."""
    deadline = time.monotonic() + seconds
    while not (value := check()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {check}"
        time.sleep(0.1)
    return value
