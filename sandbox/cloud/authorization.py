"""Asks before each operation whether the caller may carry it out, when moto knows what he wants: so what is allowed is
what happens."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model
from moto.s3.responses import S3Response

from . import keys, policies, resources, rights, s3_actions
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


def demand(caller: Caller, wanted: list[tuple[str, str]], more: dict[str, str]) -> None:
    """Raises Refusal unless a caller may do all of something: pairs of action and resource."""
    facts = caller.facts | more
    for action, resource in wanted:
        why = rights.refusal(caller.key, action, resource, facts)
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
    if service == "sts" and action.startswith("AssumeRoleWith"):
        raise Refusal("missing", f"{action} with a signature: the token is the proof")
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
        what = f"User: {caller.key.arn} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise Refusal("policy", f"{what} because its trust policy does not allow it")
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
