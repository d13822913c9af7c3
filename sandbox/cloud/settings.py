"""Settings of the cloud, from the environment, with the sandbox's defaults."""

import os
import re
from pathlib import Path

DECIMAL = {unit: 1000**power for power, unit in enumerate(("", "k", "M", "G", "T", "P", "E"))}
BINARY = {unit: 1024**power for power, unit in enumerate(("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))}
UNITS = DECIMAL | BINARY


def quantity(text: str) -> float:
    """A Kubernetes quantity as a number of bytes or processors: "4Gi", "500M", "128974848", "1e9", "500m"."""
    if text.endswith("m"):
        return float(text[:-1]) / 1000
    match = re.fullmatch(r"([0-9.]+(?:[eE][0-9]+)?)([A-Za-z]+)?", text)
    if not match or (match[2] or "") not in UNITS:
        raise ValueError(f"{text!r} is not a quantity: write it as Kubernetes does, for example 4Gi or 500m")
    return float(match[1]) * UNITS[match[2] or ""]


# The sandbox's public port: part of every name that a client outside gets to see.
PORT = int(os.environ.get("SANDBOX_PORT", "8443"))
REGION = os.environ.get("SANDBOX_REGION", "us-east-1")
# A pod that asks for more memory than this goes to the simulated nodes.
POD_MEMORY = quantity(os.environ.get("SANDBOX_POD_MEMORY", "4Gi"))
# Seconds that a token of EKS is taken for: 15 minutes on AWS, fewer to see what happens when one ends.
TOKEN_SECONDS = int(os.environ.get("SANDBOX_TOKEN_SECONDS", "900"))
# What real pods request is divided by this, so that many environments fit on one machine.
OVERSUBSCRIPTION = int(os.environ.get("SANDBOX_OVERSUBSCRIPTION", "20"))
if OVERSUBSCRIPTION < 1:
    raise ValueError(f"SANDBOX_OVERSUBSCRIPTION is {OVERSUBSCRIPTION}; it must be 1 or more")

DATA = Path(os.environ.get("SANDBOX_DATA", "/data"))
RUN = Path(os.environ.get("SANDBOX_RUN", "/run/sandbox"))
HOME = Path(os.environ.get("SANDBOX_HOME", "/opt/sandbox"))

# Where the cloud listens, and the registry that it speaks for.
LISTEN_HOST, LISTEN_PORT = os.environ.get("SANDBOX_CLOUD", "127.0.0.1:5001").rsplit(":", 1)
REGISTRY = os.environ.get("SANDBOX_REGISTRY", "127.0.0.1:5000")

# Databases and brokers get an address each from this network; all of it leads to the sandbox's own machine.
INSTANCE_NETWORK = os.environ.get("SANDBOX_INSTANCE_NETWORK", "10.99.0.0/24")
FIRST_INSTANCE = 10  # below it is the node
