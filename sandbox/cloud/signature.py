"""Checks AWS Signature Version 4: in the Authorization header, and in the query of presigned URLs."""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from . import keys
from .errors import Refusal

SKEW = timedelta(minutes=15)
HEX = re.compile(r"[0-9a-f]{64}")


@dataclass
class Request:
    """A request as it came: the URL exactly as the client wrote it, headers in lower case."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""
    query: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.query = dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@dataclass
class Claim:
    """What a request says about its signature."""

    access_key: str
    region: str
    service: str
    signed: list[str]
    signature: str
    date: str
    token: str | None
    lifetime: timedelta | None  # presigned URLs only


def service_of(request: Request) -> str:
    """The signing name of the service that a request is for, empty when it is not signed."""
    try:
        return claim_of(request).service
    except Refusal:
        return ""


def claim_of(request: Request) -> Claim:
    """Reads a request's signature. Raises Refusal when there is none or a part of it is missing."""
    header = request.headers.get("authorization", "")
    if header.startswith("AWS4-HMAC-SHA256"):
        fields = dict(
            part.strip().split("=", 1) for part in header[len("AWS4-HMAC-SHA256") :].split(",") if "=" in part
        )
        fields["date"] = request.headers.get("x-amz-date", "")
        token, lifetime = request.headers.get("x-amz-security-token"), None
    elif request.query.get("X-Amz-Algorithm") == "AWS4-HMAC-SHA256":
        fields = {name: request.query.get(f"X-Amz-{name}", "") for name in ("Credential", "SignedHeaders", "Signature")}
        fields["date"] = request.query.get("X-Amz-Date", "")
        token = request.query.get("X-Amz-Security-Token")
        expires = request.query.get("X-Amz-Expires", "900")
        lifetime = timedelta(seconds=int(expires) if expires.isdigit() else 900)
    else:
        raise Refusal("unsigned")
    scope = fields.get("Credential", "").split("/")
    if len(scope) != 5 or not all(fields.get(name) for name in ("SignedHeaders", "Signature", "date")):
        raise Refusal("incomplete")
    return Claim(
        scope[0],
        scope[2],
        scope[3],
        fields["SignedHeaders"].split(";"),
        fields["Signature"],
        fields["date"],
        token,
        lifetime,
    )


def authenticate(request: Request, now: datetime | None = None, lifetime: timedelta | None = None) -> keys.Key:
    """Who has signed a request. Raises Refusal when nobody known has, or not for now, or not this request. LIFETIME
    is how long a presigned URL is good for, whatever it says itself."""
    now = now or datetime.now(UTC)
    claim = claim_of(request)
    key = keys.find(claim.access_key)
    if key is None:
        raise Refusal("unknown")
    if (key.token or claim.token) and not hmac.compare_digest(key.token or "", claim.token or ""):
        raise Refusal("token")
    if key.expires and key.expires.replace(tzinfo=UTC) <= now:
        raise Refusal("expired")
    if not hmac.compare_digest(_expected(request, claim, key).encode(), claim.signature.encode()):
        raise Refusal("signature")
    _check_date(claim, now, lifetime)
    declared = request.headers.get("x-amz-content-sha256", "")
    if HEX.fullmatch(declared) and declared != hashlib.sha256(request.body).hexdigest():
        raise Refusal("payload")
    return key


def _check_date(claim: Claim, now: datetime, lifetime: timedelta | None) -> None:
    try:
        signed_at = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Refusal("incomplete") from None
    if signed_at > now + SKEW or now > signed_at + (lifetime or claim.lifetime or SKEW):
        raise Refusal("skewed", f"{claim.date} is not within the time allowed around {now:%Y%m%dT%H%M%SZ}")


def _expected(request: Request, claim: Claim, key: keys.Key) -> str:
    """The signature that the key's owner would have made."""
    headers = HTTPHeaders()
    for name in claim.signed:
        # A proxy in between may drop the length of an empty body.
        headers[name] = request.headers.get(name, "0" if name == "content-length" else "")
    if claim.lifetime is not None:
        payload = "UNSIGNED-PAYLOAD" if claim.service == "s3" else hashlib.sha256(request.body).hexdigest()
    else:
        payload = request.headers.get("x-amz-content-sha256") or hashlib.sha256(request.body).hexdigest()
    signer = (S3SigV4Auth if claim.service == "s3" else SigV4Auth)(
        Credentials(claim.access_key, key.secret), claim.service, claim.region
    )
    unsigned = AWSRequest(method=request.method, url=request.url, headers=headers)
    unsigned.context["timestamp"] = claim.date
    path = signer._normalize_url_path(urlsplit(request.url).path or "/")
    canonical = "\n".join(
        [
            request.method.upper(),
            path,
            _canonical_query(request.url),
            signer.canonical_headers(headers) + "\n",
            signer.signed_headers(headers),
            payload,
        ]
    )
    return signer.signature(signer.string_to_sign(unsigned, canonical), unsigned)


def _canonical_query(url: str) -> str:
    """The query in AWS's one spelling: sorted, everything escaped that can be."""
    pairs = (part.partition("=") for part in urlsplit(url).query.split("&") if part)
    escaped = sorted((_escape(name), _escape(value)) for name, _, value in pairs if name != "X-Amz-Signature")
    return "&".join(f"{name}={value}" for name, value in escaped)


def _escape(text: str) -> str:
    return quote(unquote(text), safe="-_.~")
