"""Refusals worded and formatted as AWS does in each protocol."""

import json
import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

XML = "text/xml; charset=utf-8"


@dataclass
class Refusal(Exception):
    """Why a request is not carried out. KIND is one of the keys of WORDS."""

    kind: str
    detail: str = ""


# kind -> (code of most services, code of S3, text, status of S3)
WORDS = {
    "unsigned": ("MissingAuthenticationToken", "AccessDenied", "Missing Authentication Token", 403),
    "unknown": (
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "The security token included in the request is invalid.",
        403,
    ),
    "token": (
        "UnrecognizedClientException",
        "InvalidToken",
        "The security token included in the request is invalid.",
        400,
    ),
    "expired": ("ExpiredTokenException", "ExpiredToken", "The security token included in the request is expired", 400),
    "signature": (
        "SignatureDoesNotMatch",
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        403,
    ),
    "skewed": ("SignatureDoesNotMatch", "RequestTimeTooSkewed", "Signature expired", 403),
    "incomplete": (
        "IncompleteSignature",
        "AuthorizationHeaderMalformed",
        "The Authorization header is incomplete.",
        400,
    ),
    "payload": (
        "SignatureDoesNotMatch",
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
        400,
    ),
    "policy": ("AccessDenied", "AccessDenied", "", 403),
    "denied": ("AccessDenied", "AccessDenied", "Not authorized to perform this operation", 403),
    "identity": ("InvalidIdentityToken", "InvalidToken", "The web identity token is not accepted", 400),
    "issuer": ("IDPCommunicationError", "InvalidToken", "The identity provider cannot be asked for its keys", 400),
    "duration": (
        "ValidationError",
        "InvalidArgument",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role",
        400,
    ),
    "missing": ("UnknownOperationException", "NotImplemented", "The sandbox's cloud does not have this operation", 400),
}
QUERY_CODES = {"UnrecognizedClientException": "InvalidClientTokenId", "ExpiredTokenException": "ExpiredToken"}
JSON_CODES = {
    "AccessDenied": "AccessDeniedException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
}
EC2_CODES = {
    "AccessDenied": "UnauthorizedOperation",
    "UnrecognizedClientException": "AuthFailure",
    "SignatureDoesNotMatch": "AuthFailure",
    "ExpiredTokenException": "RequestExpired",
}
# Signing names of the services that answer in XML without being asked by a form.
REST_XML = {"route53", "cloudfront"}


def protocol(service: str, headers: dict[str, str]) -> str:
    """Which of AWS's protocols a request is in, from its signing name and headers."""
    if service in ("s3", "ec2"):
        return service
    if "x-amz-target" in headers:
        return "json"
    if service in REST_XML or headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return "query"
    return "rest-json" if service else "query"


def render(refusal: Refusal, spoken: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a refusal in a protocol."""
    code, s3_code, text, s3_status = WORDS[refusal.kind]
    text = ": ".join(part for part in (text, refusal.detail) if part)
    request = str(uuid.uuid4())
    if spoken in ("json", "rest-json"):
        code = JSON_CODES.get(code, code)
        status = 400 if spoken == "json" else 403
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": code, "x-amzn-RequestId": request}
        return status, headers, json.dumps({"__type": code, "message": text}).encode()
    if spoken == "s3":
        body = f"<Error><Code>{s3_code}</Code><Message>{escape(text)}</Message><RequestId>{request}</RequestId></Error>"
        return s3_status, {"Content-Type": "application/xml", "x-amz-request-id": request}, _xml(body)
    if spoken == "ec2":
        code = EC2_CODES.get(code, code)
        if code == "AuthFailure":
            text = "AWS was not able to validate the provided access credentials"
        what = f"<Errors><Error><Code>{code}</Code><Message>{escape(text)}</Message></Error></Errors>"
        body = f"<Response>{what}<RequestID>{request}</RequestID></Response>"
        status = {"AuthFailure": 401, "UnauthorizedOperation": 403}.get(code, 400)
        return status, {"Content-Type": XML}, _xml(body)
    code = QUERY_CODES.get(code, code)
    what = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(text)}</Message></Error>"
    body = f"<ErrorResponse>{what}<RequestId>{request}</RequestId></ErrorResponse>"
    return 403, {"Content-Type": XML, "x-amzn-RequestId": request}, _xml(body)


def _xml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()
