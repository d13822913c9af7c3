"""AssumeRoleWithWebIdentity: not signed with a key, but proved by a token of an OIDC provider that IAM knows."""

import base64
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import KeySet
from moto.iam.models import IAMBackend, iam_backends

from . import github, keys, policies
from .errors import Refusal
from .signature import Request

ACTION = "AssumeRoleWithWebIdentity"
ALGORITHMS = ["RS256", "ES256", "ES384"]
TIMEOUT = 5
ROLE = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/.+")


def meant(request: Request) -> bool:
    """Whether a request is this operation without a signature, and can be taken for nothing else."""
    unsigned = not {"authorization", "x-amz-target"} & request.headers.keys()
    return (
        unsigned
        and request.method == "POST"
        and urlsplit(request.url)[2:4] == ("/", "")
        and _form(request).get("Action") == ACTION
    )


def _form(request: Request) -> dict[str, str]:
    """What a request says. A parameter that is given twice could be read in two ways."""
    given = parse_qs(request.body.decode(errors="replace"), keep_blank_values=True)
    if any(len(values) > 1 for values in given.values()):
        raise Refusal("identity", "a parameter is given twice")
    return {name: values[0] for name, values in given.items()}


def admit(request: Request) -> str:
    """The account of the role that a request may assume. Raises Refusal when its token or that role does not let it."""
    form = _form(request)
    place = ROLE.fullmatch(form.get("RoleArn", ""))
    iam = iam_backends[place["account"]]["aws"] if place else None
    role = keys.role(form["RoleArn"]) if iam else None
    if role is None:
        raise Refusal("denied", f"there is no role {form.get('RoleArn')}")
    provider, claims = _claims(iam, form.get("WebIdentityToken", ""))
    issuer = claims["iss"].removeprefix("https://")
    facts = {f"{issuer}:{name}": str(value) for name, value in claims.items() if isinstance(value, str)}
    facts |= {f"{issuer}:aud": _audience(claims)[0], "caller": provider}
    if policies.effect(role.assume_role_policy_document, f"sts:{ACTION}", "", facts) != "Allow":
        raise Refusal("denied", f"the trust policy of {role.arn} does not let {claims.get('sub')} in")
    seconds = form.get("DurationSeconds", "")
    named = [name for name in form if name.startswith("PolicyArns.")]
    keys.check_session(role, int(seconds) if seconds.isdigit() else None, named)
    return place["account"]


def _claims(iam: IAMBackend, token: str) -> tuple[str, dict[str, Any]]:
    """The claims of a token, and the ARN of the provider that has signed it."""
    issuer = _issuer(token)
    arn = next((arn for arn, item in iam.open_id_providers.items() if f"https://{item.url}" == issuer), None)
    if arn is None:
        raise Refusal("identity", f"No OpenIDConnect provider found in your account for {issuer or 'the token'}")
    try:
        claims = jwt.decode(token, KeySet.import_key_set(keys_of(issuer)), algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
    except ExpiredTokenError:
        raise Refusal("expired") from None
    except (JoseError, ValueError) as wrong:
        raise Refusal("identity", f"Couldn't verify the token: {wrong}") from None
    if not set(_audience(claims)) & set(iam.open_id_providers[arn].client_id_list):
        raise Refusal("identity", "Incorrect token audience")
    return arn, claims


def _issuer(token: str) -> str:
    """Who a token says has signed it; not believed until the signature is checked with that provider's keys."""
    try:
        payload = token.split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"])
    except (IndexError, KeyError, TypeError, ValueError):
        return ""


def _audience(claims: dict[str, Any]) -> list[str]:
    return policies.listed(claims.get("aud", ""))


def keys_of(issuer: str) -> dict[str, Any]:
    """The keys that an OIDC provider publishes; in the sandbox, GitHub's are its own."""
    if issuer == github.ISSUER:
        return github.published()
    try:
        document = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=TIMEOUT)
        document.raise_for_status()
        answer = requests.get(document.json()["jwks_uri"], timeout=TIMEOUT)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError, KeyError) as unreachable:
        raise Refusal("issuer", f"{issuer} does not answer: {type(unreachable).__name__}") from None
