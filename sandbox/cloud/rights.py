"""Whether a caller may do something: what the policies of users, roles, sessions and resources say together.

The sandbox's own administrator may do everything.
"""

from typing import Any

from moto.ecr.models import ecr_backends
from moto.iam.models import ManagedPolicy, iam_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from . import keys, policies


def facts_of(key: keys.Key, secure: bool) -> dict[str, str]:
    """What conditions can ask about a caller."""
    facts = {
        "aws:SecureTransport": str(secure).lower(),
        "aws:PrincipalAccount": key.account,
        "aws:PrincipalArn": key.principal,
        "aws:PrincipalType": "User" if ":user/" in key.principal else "AssumedRole",
        "caller": key.arn,
    }
    return facts | ({"aws:username": key.principal.split("/")[-1]} if ":user/" in key.principal else {})


def refusal(key: keys.Key, action: str, resource: str, facts: dict[str, str]) -> str | None:
    """Why a caller may not do something, in AWS's words; None when he may."""
    if key.administrator:
        return None
    what = f"User: {key.arn} is not authorized to perform: {action} on resource: {resource}"
    limits = _limits(key)
    own, granted = "an identity-based policy", "a resource-based policy"
    documents = {own: _own(key), granted: _of_resource(key.account, resource), **limits}
    effects = {kind: {policies.effect(text, action, resource, facts) for text in documents[kind]} for kind in documents}
    for kind, found in effects.items():
        if "Deny" in found:
            return f"{what} with an explicit deny in {kind}"
    missing = [kind for kind in limits if "Allow" not in effects[kind]]
    sources = [kind for kind in (own, granted) if "Allow" not in effects[kind]]
    # Another account's resource has to let the caller in as well.
    if sources == [own, granted] or (sources and _elsewhere(key.account, resource)):
        missing = sources
    return f"{what} because no {missing[0].split(' ', 1)[1]} allows the {action} action" if missing else None


def _elsewhere(account: str, resource: str) -> bool:
    """Whether a resource is another account's. Of a role its trust policy decides, which is asked for elsewhere."""
    owner = resource.split(":")[4] if resource.count(":") >= 5 else ""
    return owner.isdigit() and owner != account and ":iam:" not in resource


def _own(key: keys.Key) -> list[str]:
    """The policies of a user with his groups, or of a role; none once it is deleted."""
    iam = iam_backends[key.account]["aws"]
    if ":role/" in key.principal:
        holders = [keys.role(key.principal)]
    else:
        user = next((user for user in iam.users.values() if user.arn == key.principal), None)
        holders = [user, *iam.get_groups_for_user(user.name)] if user else []
    return [
        text
        for holder in holders
        if holder
        for text in [*holder.policies.values(), *(_text(policy) for policy in holder.managed_policies.values())]
    ]


def _text(policy: ManagedPolicy) -> str:
    """What a managed policy says now: its default version."""
    return next(version.document for version in policy.versions if version.is_default)


def _limits(key: keys.Key) -> dict[str, list[str]]:
    """What a caller's rights cannot exceed: the role's permissions boundary, the session's own policy."""
    limits = {"a session policy": [key.policy]} if key.policy else {}
    role = keys.role(key.principal)
    if role and role.permissions_boundary_arn:
        boundary = iam_backends[key.account]["aws"].managed_policies.get(role.permissions_boundary_arn)
        limits["a permissions boundary"] = [_text(boundary)] if boundary else []
    return limits


def _of_resource(account: str, resource: str) -> list[str | bytes]:
    """The policy that a repository, bucket or secret has itself, if it has one."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return []
    _, _, service, region, owner, name = parts
    found: Any = None
    if service == "ecr":
        found = ecr_backends[owner][region].repositories.get(name.removeprefix("repository/"))
    elif service == "s3":
        found = s3_backends[account]["aws"].buckets.get(name.partition("/")[0])
    elif service == "secretsmanager":
        secrets = secretsmanager_backends[owner][region].secrets
        found = next((secret for secret in dict.values(secrets) if secret.arn == resource), None)
    policy = getattr(found, "policy", None)
    return [policy] if policy else []
