"""What the other parts of the sandbox ask the cloud: not reachable from outside, but for credentials and tokens."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from . import access_review, admission, github, keys, registry_auth, token_review

Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}
# What the API server asks.
REVIEWS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "/_sandbox/token-review": token_review.review,
    "/_sandbox/access-review": access_review.review,
    "/_sandbox/admission": admission.review,
}


def answer(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
    """Answers a request below /_sandbox/."""
    if path == "/_sandbox/ready":
        return _json({"ready": True})
    if path == "/_sandbox/credentials":
        return _credentials(query)
    if path == "/_sandbox/github-token":
        return _github_token(query)
    if path == "/_sandbox/registry-auth":
        original = (headers.get(f"x-original-{name}", "") for name in ("method", "uri", "host"))
        return registry_auth.decide(*original, headers.get("authorization", ""))
    if path in REVIEWS and method == "POST":
        try:
            document = json.loads(body)
        except ValueError:
            return _json({"message": "the body is not JSON"}, 400)
        return _json(REVIEWS[path](document))
    return _json({"message": f"no such path: {method} {path}"}, 404)


def _credentials(query: str) -> Answer:
    account = parse_qs(query).get("account", [""])[0]
    if not re.fullmatch(r"\d{12}", account):
        return _json({"message": "say which account: /credentials?account=000000000000 (12 digits)"}, 400)
    return _json(keys.issue(account))


def _github_token(query: str) -> Answer:
    """As GitHub answers a job that asks for its token."""
    given = parse_qs(query)
    subject = given.get("sub", [""])[0]
    if not re.fullmatch(r"repo:[^/:\s]+/[^/:\s]+:\S+", subject):
        example = "/github-token?sub=repo:OWNER/NAME:environment:preview-dev"
        return _json({"message": f"say which job's token, by its subject: {example}"}, 400)
    return _json({"value": github.token(subject, given.get("audience", [github.AUDIENCE])[0])})


def _json(document: dict, status: int = 200) -> Answer:
    return status, JSON, json.dumps(document).encode()
