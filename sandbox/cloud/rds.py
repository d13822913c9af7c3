"""RDS: an instance of the engine postgres is a real Postgres, with the master user, password and database asked for."""

import json
import os
import re
import secrets
import string
import subprocess
from pathlib import Path
from typing import Any

from moto.core.responses import BaseResponse
from moto.rds import urls
from moto.rds.models import DBInstance, DBParameterGroup, MasterUserSecret, rds_backends
from moto.rds.responses import RDSResponse
from moto.secretsmanager.models import SecretsManagerBackend

from . import names, settings
from .instances import Instance
from .operations import error, extend

rds = extend("rds", RDSResponse, urls)
PORT = 5432
SYMBOLS = string.ascii_letters + string.digits


def _password(length: int = 32) -> str:
    return "".join(secrets.choice(SYMBOLS) for _ in range(length))


def _secret(self: MasterUserSecret) -> str:
    self.resource._master_user_password = _password()
    return json.dumps({"username": self.resource.master_username, "password": self.resource._master_user_password})


# moto's secret holds the same words for everybody; its addresses lead nowhere.
MasterUserSecret._generate_secret_string = _secret
DBInstance.address = property(
    lambda self: (
        f"{self.db_instance_identifier}.{names.label(self.account_id, self.region)}.{self.region}.rds.sandbox.test"
    )
)


@rds
def create_db_instance(r: BaseResponse, original: Any) -> Any:
    asked = r.params
    # moto would put the new one in its place.
    if asked["DBInstanceIdentifier"] in r.backend.databases:
        raise error("DBInstanceAlreadyExists", "DB instance already exists")
    if asked.get("Engine") == "postgres":
        _check(asked)
        asked["EngineVersion"] = _version(asked.get("EngineVersion"))
    answer = original(r)
    instance = r.backend.databases[asked["DBInstanceIdentifier"]]
    # Distinct, because the provider tells instances apart by it.
    instance.dbi_resource_id = "db-" + "".join(
        secrets.choice(string.ascii_uppercase + string.digits) for _ in range(26)
    )
    instance.deletion_protection = bool(asked.get("DeletionProtection"))
    if instance.engine == "postgres":
        _start(instance)
    return answer


def _check(asked: dict[str, Any]) -> None:
    if asked.get("Port", PORT) != PORT:
        raise error(
            "InvalidParameterValue", f"the sandbox's Postgres listens on port {PORT} only, not on {asked['Port']}"
        )
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", asked.get("MasterUsername") or ""):
        raise error(
            "InvalidParameterValue",
            "MasterUsername must begin with a letter and contain only letters, digits and underscores",
        )
    if not re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]{0,62})?", asked.get("DBName") or ""):
        raise error(
            "InvalidParameterValue", "DBName must begin with a letter and contain only letters, digits and underscores"
        )


def _version(asked: str | None) -> str:
    """The whole version for a major one, as RDS picks it: that of the sandbox's Postgres where it is the same major."""
    if asked and "." in asked:
        return asked
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    text = subprocess.run([found[-1], "--version"], capture_output=True, text=True, check=True).stdout if found else ""
    match = re.search(r"\d+\.\d+", text)
    if match and (not asked or match[0].split(".")[0] == asked):
        return match[0]
    return f"{asked or 17}.1"


def _start(instance: DBInstance) -> None:
    """Starts the database; the instance is `creating` until it answers."""
    instance.status = "creating"
    process = Instance("database", instance.address, PORT)
    instance.process = process
    process.directory.mkdir(parents=True, exist_ok=True)
    # Beside the data, in a file of its own: arguments can be read by every process.
    secret = process.directory.parent / f"{process.address}.password"
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(instance._master_user_password)

    def ready() -> None:
        secret.unlink(missing_ok=True)
        instance.status = "available"

    process.start(
        settings.HOME / "database" / "instance",
        instance.master_username,
        str(secret),
        instance.db_name or "postgres",
        ready=ready,
        failed=lambda: setattr(instance, "status", "failed"),
    )


@rds
def modify_db_instance(r: BaseResponse, original: Any) -> Any:
    instance = r.backend.describe_db_instances(r.params.get("DBInstanceIdentifier"))[0]
    before = instance._master_user_password
    if r.params.get("NewDBInstanceIdentifier"):
        raise error(
            "InvalidParameterCombination",
            "the sandbox cannot rename an instance: its address would change under its users",
        )
    # moto would make another secret. To ask for what is so already changes nothing.
    if r.params.get("ManageMasterUserPassword") and instance.manage_master_user_password:
        del r.params["ManageMasterUserPassword"]
    answer = original(r)
    if hasattr(instance, "process") and before != instance._master_user_password:
        _change_password(instance)
    return answer


def _change_password(instance: DBInstance) -> None:
    """Sets a new master password in the running Postgres, through the socket that only the sandbox reaches."""
    done = subprocess.run(
        [
            "psql",
            "-qX",
            "-v",
            "ON_ERROR_STOP=1",
            "-v",
            f"role={instance.master_username}",
            "-h",
            str(instance.process.directory / "socket"),
            "-U",
            "rdsadmin",
            "-d",
            "postgres",
        ],
        input="\\getenv new NEW_PASSWORD\nALTER ROLE :\"role\" PASSWORD :'new';\n",
        env={**os.environ, "NEW_PASSWORD": instance._master_user_password},
        capture_output=True,
        text=True,
        timeout=30,
    )
    if done.returncode:
        raise error("InvalidDBInstanceState", f"Postgres refuses the new master password: {done.stderr.strip()}")


_rotate = SecretsManagerBackend.rotate_secret


def _rotate_managed(
    self: SecretsManagerBackend, secret_id: str, *rest: Any, rotate_immediately: bool = True, **options: Any
) -> str:
    """A master user's secret is rotated by RDS itself, without a function: Postgres and the secret change together."""
    owner = next(
        (
            instance
            for instance in rds_backends[self.account_id][self.region_name].databases.values()
            if hasattr(instance, "process")
            and hasattr(instance, "master_user_secret")
            and secret_id in (instance.master_user_secret.secret.arn, instance.master_user_secret.secret.name)
        ),
        None,
    )
    if owner is None:
        return _rotate(self, secret_id, *rest, rotate_immediately=rotate_immediately, **options)
    answer = _rotate(self, secret_id, *rest, rotate_immediately=False, **options)
    if rotate_immediately:
        value = _secret(owner.master_user_secret)
        _change_password(owner)
        self.put_secret_value(secret_id, value, None, None, ["AWSCURRENT"])
    return answer


SecretsManagerBackend.rotate_secret = _rotate_managed


@rds
def delete_db_instance(r: BaseResponse, original: Any) -> Any:
    instance = r.backend.databases.get(r.params.get("DBInstanceIdentifier"))
    answer = original(r)
    if hasattr(instance, "process"):
        instance.process.stop()
    return answer


@rds
def describe_db_parameters(r: BaseResponse, original: Any) -> Any:
    """Parameters that were set are the user's own; moto does not say so, and the provider then overlooks them."""
    group = _group(r)
    parameters = [{"Source": "user", "IsModifiable": True, **parameter} for parameter in group.parameters.values()]
    return {"Parameters": parameters if r.params.get("Source", "user") == "user" else []}


@rds
def reset_db_parameter_group(r: BaseResponse) -> dict:
    group = _group(r)
    for parameter in r.params.get("Parameters", []):
        group.parameters.pop(parameter["ParameterName"], None)
    if r.params.get("ResetAllParameters"):
        group.parameters.clear()
    return {"DBParameterGroupName": group.name}


def _group(r: BaseResponse) -> DBParameterGroup:
    name = r.params.get("DBParameterGroupName")
    groups = r.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    if not groups:
        raise error("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    return groups[0]
