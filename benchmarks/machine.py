"""The machine: a table of times means nothing without it."""

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "torch", "onnxruntime", "jax")


def processor() -> str:
    """Name the processor, as the system does."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Give the version of Python and of each package that takes part; "" for one that is not installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = ""
    return found


def describe() -> str:
    """Say in one line what the machine is and what runs on it."""
    parts = [processor(), f"{os.cpu_count()} cores", platform.system()]
    return ", ".join(parts + [f"{name} {version}" for name, version in versions().items() if version])


def missing() -> list[str]:
    """List the packages that are not installed and therefore not measured."""
    return [name for name, version in versions().items() if not version]
