"""What the other parts of the sandbox ask the cloud: never reachable from outside, except for credentials."""

import json
import re
from urllib.parse import parse_qs

from . import admission, keys, registry_auth, token_review

Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def answer(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Answer:
    """Answers a request below /_sandbox/."""
    if path == "/_sandbox/ready":
        return _json({"ready": True})
    if path == "/_sandbox/credentials":
        return _credentials(query)
    if path == "/_sandbox/registry-auth":
        original = (headers.get(f"x-original-{name}", "") for name in ("method", "uri", "host"))
        return registry_auth.decide(*original, headers.get("authorization", ""))
    if path in ("/_sandbox/token-review", "/_sandbox/admission") and method == "POST":
        review = token_review.review if path.endswith("token-review") else admission.review
        try:
            document = json.loads(body)
        except ValueError:
            return _json({"message": "the body is not JSON"}, 400)
        return _json(review(document))
    return _json({"message": f"no such path: {method} {path}"}, 404)


def _credentials(query: str) -> Answer:
    account = parse_qs(query).get("account", [""])[0]
    if not re.fullmatch(r"\d{12}", account):
        return _json({"message": "say which account: /credentials?account=000000000000 (12 digits)"}, 400)
    return _json(keys.issue(account))


def _json(document: dict, status: int = 200) -> Answer:
    return status, JSON, json.dumps(document).encode()
