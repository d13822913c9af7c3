"""GitHub's identity provider, as far as a workflow's token goes: signed here, for any job that is asked for.

In the sandbox anybody can have the token of any job, as anybody can have an administrator's credentials.
"""

import time
import uuid
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
LIFETIME = 300


@cache
def key() -> RSAKey:
    """The key that tokens are signed with; it ends with the sandbox."""
    return RSAKey.generate_key(2048, parameters={"kid": str(uuid.uuid4()), "alg": "RS256", "use": "sig"})


def published() -> dict[str, Any]:
    """The public key, as an identity provider publishes its keys."""
    return {"keys": [key().as_dict(private=False)]}


def token(subject: str, audience: str = AUDIENCE) -> str:
    """The token that GitHub would give to a job, for example of subject repo:OWNER/NAME:environment:preview-dev."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": subject, "aud": audience, "iat": now, "nbf": now, "exp": now + LIFETIME}
    return jwt.encode({"alg": "RS256", "kid": key().kid}, {**claims, "jti": str(uuid.uuid4())}, key())
