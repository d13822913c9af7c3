"""What callers may do: the policies of IAM users and roles are evaluated before moto carries an operation out.

moto itself says which operation it is about to carry out, with which parameters; so what is allowed is what happens. The
sandbox's own administrator may do everything.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.s3.responses import S3Response
from moto.secretsmanager.models import secretsmanager_backends

from . import keys, policies, resources, s3_actions
from .errors import Refusal


@dataclass(frozen=True)
class Caller:
    """Who has signed the request that is being answered, and what conditions can ask about it."""

    key: keys.Key
    facts: dict[str, str]


# Set by the server for each request; None for one that is not signed, which then can only be the one named below.
current: ContextVar[Caller | None] = ContextVar("current", default=None)
UNSIGNED = ("sts", "AssumeRoleWithWebIdentity")
# Where the name in policies is not the one in signatures.
PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}


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
    own = {policies.effect(text, action, resource, facts) for text in _own(key)}
    text = _of_resource(key.account, resource)
    granted = policies.effect(text, action, resource, facts) if text else None
    limits = {name: policies.effect(limit, action, resource, facts) for name, limit in _limits(key).items()}
    for name, effects in {"identity-based": own, "resource-based": {granted}, **{n: {e} for n, e in limits.items()}}.items():
        if "Deny" in effects:
            return f"{what} with an explicit deny in {_article(name)} policy"
    for name, effect in limits.items():
        if effect != "Allow":
            return f"{what} because no {name} policy allows the {action} action"
    # Another account's resource has to let the caller in itself; of a role it is the trust policy, asked for below.
    elsewhere = ":iam:" not in resource and resource.count(":") >= 5 and resource.split(":")[4] not in ("", "*", key.account)
    if "Allow" in own and not elsewhere or granted == "Allow":
        return None
    return f"{what} because no identity-based policy allows the {action} action"


def _article(name: str) -> str:
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"


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
        for text in [*holder.policies.values(), *(policy.document for policy in holder.managed_policies.values())]
    ]


def _limits(key: keys.Key) -> dict[str, str]:
    """What a caller's rights cannot exceed: the role's permissions boundary, the session's own policy."""
    limits = {"session": key.policy} if key.policy else {}
    role = keys.role(key.principal)
    if role and role.permissions_boundary_arn:
        boundary = iam_backends[key.account]["aws"].managed_policies.get(role.permissions_boundary_arn)
        limits["permissions boundary"] = boundary.document if boundary else '{"Statement": []}'
    return limits


def _of_resource(account: str, resource: str) -> str | bytes | None:
    """The policy that a repository, bucket or secret has itself."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return None
    _, _, service, region, owner, name = parts
    found: Any = None
    if service == "ecr":
        found = ecr_backends[owner][region].repositories.get(name.removeprefix("repository/"))
    elif service == "s3":
        found = s3_backends[account]["aws"].buckets.get(name.partition("/")[0])
    elif service == "secretsmanager":
        found = next((it for it in dict.values(secretsmanager_backends[owner][region].secrets) if it.arn == resource), None)
    return getattr(found, "policy", None)


def demand(caller: Caller, wanted: list[tuple[str, str]], more: dict[str, str]) -> None:
    """Raises Refusal unless a caller may do all of something: pairs of action and resource."""
    facts = caller.facts | more
    for action, resource in wanted:
        why = refusal(caller.key, action, resource, facts)
        if why:
            raise Refusal("policy", why)


def _authorize(r: BaseResponse, _resource: str = "*") -> None:
    caller = current.get()
    if caller and caller.key.administrator:
        return
    action = r._get_action()
    if caller is None:
        if (r.service_name, action) != UNSIGNED:
            raise Refusal("unsigned")
        return
    try:
        model = get_service_model(r.boto3_service_name)
    except UnknownServiceError:
        raise Refusal("missing", str(r.service_name)) from None
    if action not in model.operation_names:
        raise Refusal("missing", str(action))
    service = PREFIXES.get(model.signing_name, model.signing_name)
    if (service, action) == ("sts", "GetCallerIdentity"):
        return  # as on AWS, whatever policies say
    demand(caller, resources.needed(r, service, action), {"aws:RequestedRegion": r.region})
    if (service, action) == ("sts", "AssumeRole"):
        _trusted(r, caller)


def _trusted(r: BaseResponse, caller: Caller) -> None:
    """Whether the trust policy of the role that is asked for lets the caller in."""
    arn = r._get_param("RoleArn")
    role = keys.role(arn)
    given = {"sts:ExternalId": r._get_param("ExternalId"), "sts:RoleSessionName": r._get_param("RoleSessionName")}
    facts = caller.facts | {name: value for name, value in given.items() if value}
    trusts = role and policies.effect(role.assume_role_policy_document, "sts:AssumeRole", "", facts) == "Allow"
    if not trusts:
        raise Refusal("policy", f"User: {caller.key.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}")
    keys.check_session(role, r._get_int_param("DurationSeconds"), r._get_param("PolicyArns"))


def _authorize_s3(r: S3Response, bucket_name: str | None = None, key_name: str | None = None) -> None:
    caller = current.get()
    if caller is None:
        raise Refusal("unsigned")
    if not caller.key.administrator:
        if bucket_name != r.bucket_name and bucket_name:
            raise Refusal("missing", "a bucket named in two ways")
        demand(caller, s3_actions.needed(r, bucket_name, key_name), s3_actions.facts(r))


_dispatch, _setup_class = BaseResponse._dispatch, BaseResponse.setup_class


def _dispatch_noted(self: BaseResponse, *args: Any, **kwargs: Any) -> Any:
    self.asks = True
    return _dispatch(self, *args, **kwargs)


def _setup_asking(self: BaseResponse, *args: Any, **kwargs: Any) -> None:
    """Few of moto's operations go past the questions above: they are for the administrator only."""
    caller = current.get()
    asks = getattr(self, "asks", False) or isinstance(self, S3Response)
    if not asks and not (caller and caller.key.administrator):
        raise Refusal("policy", "in the sandbox only its own administrator can use this operation")
    _setup_class(self, *args, **kwargs)


ActionAuthenticatorMixin._authenticate_and_authorize_normal_action = _authorize
ActionAuthenticatorMixin._authenticate_and_authorize_s3_action = _authorize_s3
BaseResponse._dispatch, BaseResponse.setup_class = _dispatch_noted, _setup_asking
