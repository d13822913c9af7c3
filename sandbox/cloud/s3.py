"""S3: bucket policies are evaluated with their principals and conditions; moto takes every statement for granted."""

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend

from . import authorization, policies

RESULTS = {"Deny": PermissionResult.DENIED, "Allow": PermissionResult.PERMITTED, None: PermissionResult.NEUTRAL}


def permission(policy: bytes | None, action: str, resource: str, facts: dict[str, str]) -> PermissionResult:
    """What a bucket's policy says of a request; a bucket without one says nothing."""
    return RESULTS[policies.effect(policy, action, resource, facts) if policy else None]


_put_bucket_policy = S3Backend.put_bucket_policy


def _put_checked(self: S3Backend, bucket_name: str, policy: bytes) -> None:
    try:
        unknown = policies.unknown_conditions(policy)
    except ValueError:
        raise S3ClientError("MalformedPolicy", "Policies must be valid JSON and have a Statement") from None
    if unknown:
        raise S3ClientError("MalformedPolicy", f"Invalid Condition type : {', '.join(unknown)}")
    _put_bucket_policy(self, bucket_name, policy)


def _get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    caller = authorization.current.get()
    return permission(self.policy, action, resource, caller.facts if caller else {})


FakeBucket.get_permission = _get_permission
S3Backend.put_bucket_policy = _put_checked
