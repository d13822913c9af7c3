"""Which permissions a request to S3 needs: bucket, key and the query's sub-resource make the IAM action.

A query with several sub-resources needs the permissions of all of them. One that is not known here needs a permission
that only `s3:*` gives.
"""

from urllib.parse import parse_qs, unquote, urlparse

import xmltodict
from moto.s3.responses import S3Response

from .errors import Refusal
from .policies import listed

Pairs = list[tuple[str, str]]

# Sub-resources of a bucket, and how the actions on them end; changes and deletions are Put, but for the two below.
SETTINGS = {
    "accelerate": "AccelerateConfiguration",
    "acl": "BucketAcl",
    "analytics": "AnalyticsConfiguration",
    "cors": "BucketCORS",
    "encryption": "EncryptionConfiguration",
    "intelligent-tiering": "IntelligentTieringConfiguration",
    "inventory": "InventoryConfiguration",
    "lifecycle": "LifecycleConfiguration",
    "location": "BucketLocation",
    "logging": "BucketLogging",
    "metrics": "MetricsConfiguration",
    "notification": "BucketNotification",
    "object-lock": "BucketObjectLockConfiguration",
    "ownershipControls": "BucketOwnershipControls",
    "policy": "BucketPolicy",
    "policyStatus": "BucketPolicyStatus",
    "publicAccessBlock": "BucketPublicAccessBlock",
    "replication": "ReplicationConfiguration",
    "requestPayment": "BucketRequestPayment",
    "tagging": "BucketTagging",
    "versioning": "BucketVersioning",
    "website": "BucketWebsite",
}
DELETABLE = {"policy", "website"}
LISTS = {"uploads": "ListBucketMultipartUploads", "versions": "ListBucketVersions"}
BUCKET = {
    "GET": "ListBucket",
    "HEAD": "ListBucket",
    "OPTIONS": "ListBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
}

# Of an object: method -> sub-resource -> action; the empty one is the object itself.
OBJECT = {
    "GET": {
        "": "GetObject",
        "acl": "GetObjectAcl",
        "attributes": "GetObjectAttributes",
        "legal-hold": "GetObjectLegalHold",
        "retention": "GetObjectRetention",
        "tagging": "GetObjectTagging",
        "uploadId": "ListMultipartUploadParts",
    },
    "HEAD": {"": "GetObject"},
    "PUT": {
        "": "PutObject",
        "acl": "PutObjectAcl",
        "legal-hold": "PutObjectLegalHold",
        "retention": "PutObjectRetention",
        "tagging": "PutObjectTagging",
        "uploadId": "PutObject",
    },
    "DELETE": {"": "DeleteObject", "tagging": "DeleteObjectTagging", "uploadId": "AbortMultipartUpload"},
    "POST": {"": "PutObject", "restore": "RestoreObject", "uploadId": "PutObject", "uploads": "PutObject"},
}
OF_VERSION = {"GetObject", "GetObjectAcl", "GetObjectTagging", "DeleteObject", "PutObjectAcl", "PutObjectTagging"}
GRANTS = [
    "x-amz-acl",
    *(f"x-amz-grant-{right}" for right in ("full-control", "read", "read-acp", "write", "write-acp")),
]
# Parameters that make no other operation of a request.
PLAIN = {
    *("prefix", "delimiter", "list-type", "max-keys", "marker", "continuation-token", "start-after", "encoding-type"),
    *("fetch-owner", "key-marker", "version-id-marker", "upload-id-marker", "max-uploads", "max-parts"),
    *("part-number-marker", "partNumber", "versionId", "x-id", "bucket-region", "max-buckets"),
}


def _query(r: S3Response) -> dict[str, str]:
    """The query, if it can be read in one way only."""
    query = parse_qs(r.parsed_url.query, keep_blank_values=True)
    if r.form_data or any(len(values) > 1 for values in query.values()):
        raise Refusal("missing", "forms, and parameters given twice")
    return {name: values[0] for name, values in query.items()}


def _parts(query: dict[str, str]) -> list[str]:
    return [name for name in query if name not in PLAIN and not name.startswith(("X-Amz-", "response-"))]


def needed(r: S3Response, bucket: str | None, key: str | None) -> Pairs:
    """What must be allowed for a request, as moto has read it."""
    query = _query(r)
    if not bucket:
        return [("s3:ListAllMyBuckets", "*")]
    arn = f"arn:aws:s3:::{bucket}"
    if key:
        return _object(r, query, f"{arn}/{key}")
    if r.method == "POST":
        return _deleted(r, arn) if "delete" in query else [("s3:PutObject", f"{arn}/*")]
    actions = [_setting(r.method, part) for part in _parts(query)]
    return [(f"s3:{action}", arn) for action in actions or [BUCKET.get(r.method, r.method)]]


def _setting(method: str, part: str) -> str:
    if method == "GET" and part in LISTS:
        return LISTS[part]
    if part not in SETTINGS:
        return f"?{part}"
    verb = "Get" if method in ("GET", "HEAD") else "Delete" if method == "DELETE" and part in DELETABLE else "Put"
    return verb + SETTINGS[part]


def _object(r: S3Response, query: dict[str, str], arn: str) -> Pairs:
    known = OBJECT.get(r.method, {})
    actions = [known.get(part, f"?{part}") for part in _parts(query) or [""]]
    if r.method == "PUT":
        actions += ["PutObjectAcl"] if any(name in r.headers for name in GRANTS) else []
        actions += ["PutObjectTagging"] if "x-amz-tagging" in r.headers else []
    if "versionId" in query:
        actions = [
            action.replace("Object", "ObjectVersion", 1) if action in OF_VERSION else action for action in actions
        ]
    pairs = [(f"s3:{action}", arn) for action in actions]
    return [*pairs, _source(r)] if "x-amz-copy-source" in r.headers else pairs


def _source(r: S3Response) -> tuple[str, str]:
    """Whoever copies an object reads it."""
    source = urlparse(r.headers["x-amz-copy-source"])
    action = "GetObjectVersion" if "versionId" in source.query else "GetObject"
    return f"s3:{action}", f"arn:aws:s3:::{unquote(source.path).lstrip('/')}"


def _deleted(r: S3Response, arn: str) -> Pairs:
    """Of many objects each; one that may not be deleted keeps the others."""
    objects = listed(xmltodict.parse(r.body, strip_whitespace=False)["Delete"].get("Object", []))
    return [
        ("s3:DeleteObjectVersion" if item.get("VersionId") else "s3:DeleteObject", f"{arn}/{item['Key']}")
        for item in objects
    ] or [("s3:DeleteObject", f"{arn}/*")]


def facts(r: S3Response) -> dict[str, str]:
    """What conditions can ask about a request to S3."""
    query = _query(r)
    found = {f"s3:{name}": query[name] for name in ("prefix", "delimiter", "max-keys") if name in query}
    headers = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-copy-source", "x-amz-storage-class")
    found |= {f"s3:{name}": r.headers[name] for name in headers if name in r.headers}
    return found | ({"s3:VersionId": query["versionId"]} if "versionId" in query else {})
