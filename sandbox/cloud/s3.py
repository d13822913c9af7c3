"""S3: bucket policies are evaluated with their principals and conditions; moto takes every statement for granted."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend

# What conditions can ask about the request that is being answered; set by the server.
context: ContextVar[dict[str, str]] = ContextVar("context", default={})


def _like(value: str, pattern: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


# Operators of conditions, by name in lower case. IfExists and negation are handled where they are called.
OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "bool": lambda value, wanted: value.lower() == wanted.lower(),
    "stringequals": lambda value, wanted: value == wanted,
    "stringequalsignorecase": lambda value, wanted: value.lower() == wanted.lower(),
    "stringlike": _like,
    "arnequals": _like,
    "arnlike": _like,
    "numericequals": lambda value, wanted: float(value) == float(wanted),
    "numericlessthan": lambda value, wanted: float(value) < float(wanted),
    "numericlessthanequals": lambda value, wanted: float(value) <= float(wanted),
    "numericgreaterthan": lambda value, wanted: float(value) > float(wanted),
    "numericgreaterthanequals": lambda value, wanted: float(value) >= float(wanted),
}


def listed(value: Any) -> list:
    """A policy writes one thing as itself and several as a list."""
    return value if isinstance(value, list) else [value]


def _operator(name: str) -> tuple[Callable[[str, str], bool] | None, bool, bool]:
    """The operator of a name, whether it is negated, and whether a key that is missing satisfies it."""
    name = name.lower()
    optional = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    negated = "not" in name
    return OPERATORS.get(name.replace("not", "", 1) if negated else name), negated, optional


def _holds(name: str, key: str, wanted: list, facts: dict[str, str]) -> bool:
    value = next((facts[fact] for fact in facts if fact.lower() == key.lower()), None)
    if name.lower() == "null":
        return (value is None) == (str(wanted[0]).lower() == "true")
    compare, negated, optional = _operator(name)
    if compare is None:
        return False
    if value is None:
        return optional or negated
    return any(compare(value, str(item).lower() if isinstance(item, bool) else str(item)) for item in wanted) != negated


def _concerns(statement: dict[str, Any], action: str, resource: str, facts: dict[str, str]) -> bool:
    """Whether a statement is about this request at all."""
    for element, value, fold in (("Action", action, str.lower), ("Resource", resource, str)):
        if element in statement and not any(_like(fold(value), fold(item)) for item in listed(statement[element])):
            return False
        if "Not" + element in statement and any(
            _like(fold(value), fold(item)) for item in listed(statement["Not" + element])
        ):
            return False
    if "Principal" in statement and not _names(statement["Principal"], facts):
        return False
    if "NotPrincipal" in statement and _names(statement["NotPrincipal"], facts):
        return False
    return all(
        _holds(name, key, listed(wanted), facts)
        for name, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _names(principal: Any, facts: dict[str, str]) -> bool:
    """Whether a Principal element names the caller: anybody, the account, or the user or role itself."""
    names = listed(principal.get("AWS", [])) if isinstance(principal, dict) else listed(principal)
    account = facts.get("aws:PrincipalAccount", "")
    caller = {"*", account, f"arn:aws:iam::{account}:root", facts.get("aws:PrincipalArn", ""), facts.get("caller", "")}
    return any(name in caller for name in names)


def permission(policy: str | bytes, action: str, resource: str, facts: dict[str, str]) -> PermissionResult:
    """What a bucket policy says of a request: a denial wins over any permission."""
    effects = {
        statement["Effect"]
        for statement in listed(json.loads(policy)["Statement"])
        if _concerns(statement, action, resource, facts)
    }
    if "Deny" in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if "Allow" in effects else PermissionResult.NEUTRAL


def check(policy: str | bytes) -> None:
    """Refuses a policy with a condition that is not understood: it would never hold."""
    try:
        statements = listed(json.loads(policy)["Statement"])
        names = {name for statement in statements for name in statement.get("Condition", {})}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise S3ClientError("MalformedPolicy", "Policies must be valid JSON and have a Statement") from None
    for name in sorted(names):
        if name.lower() != "null" and _operator(name)[0] is None:
            raise S3ClientError("MalformedPolicy", f"Invalid Condition type : {name}")


def _get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    return permission(self.policy, action, resource, context.get()) if self.policy else PermissionResult.NEUTRAL


_put_bucket_policy = S3Backend.put_bucket_policy


def _put_checked(self: S3Backend, bucket_name: str, policy: bytes) -> None:
    check(policy)
    _put_bucket_policy(self, bucket_name, policy)


FakeBucket.get_permission = _get_permission
S3Backend.put_bucket_policy = _put_checked
