"""Which permissions an operation needs: pairs of IAM action and ARN, from the parameters that moto has read.

Services that are not named here have one resource, "*": a policy that names parts of them allows nothing.
"""

from collections.abc import Callable

from moto.core.responses import BaseResponse
from moto.secretsmanager.models import secretsmanager_backends

from .policies import listed

Pairs = list[tuple[str, str]]


def needed(r: BaseResponse, service: str, action: str) -> Pairs:
    """What must be allowed for an operation; SERVICE is the prefix of its actions."""
    return RULES.get(service, _anything)(r, action, f"{service}:{action}")


def _anything(_r: BaseResponse, _action: str, permission: str) -> Pairs:
    return [(permission, "*")]


def _given(r: BaseResponse, *names: str) -> list[str]:
    return [str(item) for name in names for item in listed(r._get_param(name) or [])]


def _ecr(r: BaseResponse, action: str, permission: str) -> Pairs:
    owners = _given(r, "registryId") or [r.current_account]
    names = _given(r, "repositoryName", "repositoryNames")
    arns = [f"arn:aws:ecr:{r.region}:{owner}:repository/{name}" for owner in owners for name in names]
    if action == "DescribeRepositories" and not names:
        arns = [f"arn:aws:ecr:{r.region}:{owners[0]}:repository/*"]
    return [(permission, arn) for arn in [*arns, *_given(r, "resourceArn")] or ["*"]]


def _eks(r: BaseResponse, _action: str, permission: str) -> Pairs:
    """All that belongs to a cluster is asked for by the cluster's ARN."""
    cluster = r._get_param("name") or r._get_param("clusterName")
    arns = [f"arn:aws:eks:{r.region}:{r.current_account}:cluster/{cluster}"] if cluster else []
    return [(permission, arn) for arn in [*arns, *_given(r, "resourceArn")] or ["*"]]


def _sts(r: BaseResponse, _action: str, permission: str) -> Pairs:
    return [(permission, arn) for arn in _given(r, "RoleArn") or ["*"]]


def _secrets(r: BaseResponse, action: str, permission: str) -> Pairs:
    if action == "BatchGetSecretValue":
        arns = [_secret(r, item) for item in _given(r, "SecretIdList")] or ["*"]
        return [(permission, "*"), *(("secretsmanager:GetSecretValue", arn) for arn in arns)]
    return [(permission, _secret(r, item)) for item in _given(r, "SecretId", "Name")] or [(permission, "*")]


def _secret(r: BaseResponse, name: str) -> str:
    """The ARN of a secret, named in any of the ways there are; of one that does not exist, as it would begin."""
    found = secretsmanager_backends[r.current_account][r.region].secrets.get(name)
    if found:
        return found.arn
    return name if name.startswith("arn:") else f"arn:aws:secretsmanager:{r.region}:{r.current_account}:secret:{name}"


def _route53(r: BaseResponse, action: str, permission: str) -> Pairs:
    zones = _given(r, "HostedZoneId") or (_given(r, "Id") if "HostedZone" in action else [])
    return [(permission, f"arn:aws:route53:::hostedzone/{zone.split('/')[-1]}") for zone in zones] or [
        (permission, "*")
    ]


RULES: dict[str, Callable[[BaseResponse, str, str], Pairs]] = {
    "ecr": _ecr,
    "eks": _eks,
    "route53": _route53,
    "secretsmanager": _secrets,
    "sts": _sts,
}
