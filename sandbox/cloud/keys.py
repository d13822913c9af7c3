"""Access keys and who they belong to: users' keys made by IAM, sessions made by STS or by the sandbox itself."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from moto.iam.models import Role, iam_backends
from moto.sts.models import sts_backends

from . import settings
from .errors import Refusal

ADMIN = "wallet-world-admin"
SESSION_SECONDS = 3600
_issuing = threading.Lock()


@dataclass(frozen=True)
class Key:
    """A key that can sign requests. TOKEN, EXPIRES and POLICY belong to sessions; PRINCIPAL is the IAM user or role."""

    id: str
    account: str
    secret: str
    arn: str
    principal: str
    token: str | None = None
    expires: datetime | None = None
    session: str = ""
    policy: str | None = None

    @property
    def administrator(self) -> bool:
        """Whether it belongs to the sandbox's own administrator, who may do everything."""
        return self.principal == _administrator(self.account)


def _administrator(account: str) -> str:
    return f"arn:aws:iam::{account}:role/{ADMIN}"


def role(arn: str) -> Role | None:
    """The IAM role of that ARN, whichever account it belongs to."""
    account = arn.split(":")[4] if arn.count(":") >= 5 else ""
    if account not in iam_backends:
        return None
    return next((item for item in iam_backends[account]["aws"].get_roles() if item.arn == arn), None)


def check_session(role: Role, seconds: int | None, policies: list | None) -> None:
    """Raises Refusal when a session of a role cannot be had for so long, or with policies named by ARN."""
    if policies:
        raise Refusal("missing", "sessions with PolicyArns: give a Policy")
    if (seconds or 0) > int(role.max_session_duration or SESSION_SECONDS):
        raise Refusal("duration")


def find(access_key: str) -> Key | None:
    """The key of that id, whichever account it belongs to."""
    for account, partitions in list(iam_backends.items()):
        iam, sts = partitions["aws"], sts_backends[account]["aws"]
        key = iam.access_keys.get(access_key)
        if key is None:
            continue
        session = sts.get_assumed_role_from_access_key(access_key)
        if session:
            return Key(
                access_key,
                account,
                session.secret_access_key,
                session.arn,
                session.role_arn,
                session.session_token,
                session.expiration,
                session.session_name,
                session.policy or None,
            )
        user = iam.get_user_from_access_key_id(access_key)
        if user and key.status == "Active":
            return Key(access_key, account, key.secret_access_key, user.arn, user.arn)
    return None


def issue(account: str) -> dict[str, str]:
    """A new session of the account's administrator, in the format of AWS's container credentials."""
    iam = iam_backends[account]["aws"]
    arn = _administrator(account)
    with _issuing:
        if not any(role.name == ADMIN for role in iam.get_roles()):
            trust = {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}],
            }
            iam.create_role(ADMIN, json.dumps(trust), "/", None, "Administrator of the sandbox", [], "3600")
            iam.attach_role_policy("arn:aws:iam::aws:policy/AdministratorAccess", ADMIN)
    session = sts_backends[account]["aws"].assume_role(
        region_name=settings.REGION,
        role_session_name="sandbox",
        role_arn=arn,
        policy="",
        duration=SESSION_SECONDS,
        external_id="",
    )
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "Token": session.session_token,
        "Expiration": session.expiration.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "AccountId": account,
        "Arn": session.arn,
    }
