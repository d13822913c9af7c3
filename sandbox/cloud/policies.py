"""Evaluates policies: of users and roles, of resources such as buckets, and who may assume a role."""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any


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
    """The operator of a name, whether it is negated, and whether a key that is missing satisfies it. No key has more
    than one value here, so the two ways to look at several differ in nothing but that."""
    name = name.lower()
    optional = name.endswith("ifexists") or name.startswith("forallvalues:")
    name = name.removesuffix("ifexists").rpartition(":")[2]
    negated = "not" in name
    return OPERATORS.get(name.replace("not", "", 1) if negated else name), negated, optional


def _fact(key: str, facts: dict[str, str]) -> str | None:
    return next((facts[fact] for fact in facts if fact.lower() == key.lower()), None)


def _filled(text: str, facts: dict[str, str]) -> str:
    """A text with its policy variables, such as ${aws:username}. One that is not known, or would be taken for a
    pattern, stays and matches nothing."""

    def value(variable: re.Match[str]) -> str:
        known = _fact(variable[1], facts)
        return variable[0] if known is None or {"*", "?"} & set(known) else known

    return re.sub(r"\$\{([^}]+)\}", value, text)


def _holds(name: str, key: str, wanted: list, facts: dict[str, str]) -> bool | None:
    """Whether a condition is fulfilled; None when its operator is not understood."""
    value = _fact(key, facts)
    if name.lower() == "null":
        return (value is None) == (str(wanted[0]).lower() == "true")
    compare, negated, optional = _operator(name)
    if compare is None:
        return None
    if value is None:
        return optional or negated
    texts = [str(item).lower() if isinstance(item, bool) else _filled(str(item), facts) for item in wanted]
    return any(compare(value, text) for text in texts) != negated


def _concerns(statement: dict[str, Any], action: str, resource: str, facts: dict[str, str]) -> bool:
    """Whether a statement is about this request at all."""
    for element, value, fold in (("Action", action, str.lower), ("Resource", resource, str)):
        for name in (element, "Not" + element):
            patterns = [fold(_filled(item, facts)) for item in listed(statement.get(name, []))]
            if name in statement and any(_like(fold(value), pattern) for pattern in patterns) != (name == element):
                return False
    if "Principal" in statement and not _names(statement["Principal"], facts):
        return False
    if "NotPrincipal" in statement and _names(statement["NotPrincipal"], facts):
        return False
    conditions = (
        _holds(name, key, listed(wanted), facts)
        for name, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )
    # What is not understood must not let anybody in.
    doubt = statement["Effect"] == "Deny"
    return all(doubt if holds is None else holds for holds in conditions)


def _names(principal: Any, facts: dict[str, str]) -> bool:
    """Whether a Principal element names the caller: anybody, his account, or himself."""
    names = listed(principal)
    if isinstance(principal, dict):
        names = [*listed(principal.get("AWS", [])), *listed(principal.get("Federated", []))]
    account = facts.get("aws:PrincipalAccount", "")
    caller = {"*", account, f"arn:aws:iam::{account}:root", facts.get("aws:PrincipalArn", ""), facts.get("caller", "")}
    return any(name in caller for name in names)


def effect(policy: str | bytes, action: str, resource: str, facts: dict[str, str]) -> str | None:
    """What a policy says of a request: "Deny" wins over "Allow"; None when it says nothing. FACTS are the keys that
    conditions can ask about, and `caller`, the ARN of the session or identity provider."""
    statements = listed(json.loads(policy)["Statement"])
    effects = {item["Effect"] for item in statements if _concerns(item, action, resource, facts)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def unknown_conditions(policy: str | bytes) -> list[str]:
    """The operators of a policy that are not understood, which would never hold. Raises ValueError when it is none."""
    try:
        statements = listed(json.loads(policy)["Statement"])
        names = {name for statement in statements for name in statement.get("Condition", {})}
    except (KeyError, AttributeError, TypeError) as broken:
        raise ValueError("no Statement") from broken
    return sorted(name for name in names if name.lower() != "null" and _operator(name)[0] is None)
