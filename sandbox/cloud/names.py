"""Names and addresses of databases and brokers: the file that the cluster's DNS serves, in the format of hosts(5)."""

import hashlib
import ipaddress
import os
import threading

from . import settings

_lock = threading.Lock()
_addresses: dict[str, str] = {}
_taken: set[str] = set()


def label(*parts: str) -> str:
    """The part of an AWS host name that stands for account and region: the same on every run."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:12]


def allocate(name: str) -> str:
    """Gives NAME an address of its own and makes it known."""
    with _lock:
        hosts = list(ipaddress.ip_network(settings.INSTANCE_NETWORK).hosts())[settings.FIRST_INSTANCE - 1 :]
        address = next((str(host) for host in hosts if str(host) not in _taken), None)
        if address is None:
            raise RuntimeError(f"no address is left in {settings.INSTANCE_NETWORK} for {name}: delete an instance")
        _taken.add(address)
        _addresses[name] = address
        _write()
        return address


def release(name: str) -> None:
    """Forgets NAME; its address can be given out again."""
    with _lock:
        _taken.discard(_addresses.pop(name, ""))
        _write()


def _write() -> None:
    """Replaces the file in one step: the DNS server may read it at any moment."""
    path = settings.RUN / "hosts"
    draft = path.with_suffix(".new")
    draft.write_text("".join(f"{address} {name}\n" for name, address in sorted(_addresses.items())))
    draft.chmod(0o644)
    os.replace(draft, path)
