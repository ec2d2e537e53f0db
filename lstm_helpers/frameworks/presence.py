"""Which frameworks are installed: they are large, and nothing else in the book needs them.

A page calls ``optional``, so that without a framework it prints a line and goes on.
"""

import importlib
import importlib.util
import os
from types import MappingProxyType
from typing import Any, TypeAlias

from lstm_helpers import runtime

# The packages behind each name. Keras has several backends; here it is PyTorch unless KERAS_BACKEND says otherwise.
PACKAGES = MappingProxyType(
    {
        "torch": ("torch",),
        "keras": ("keras", os.environ.get("KERAS_BACKEND", "torch")),
        "onnx": ("onnx",),
        "onnxruntime": ("onnx", "onnxruntime"),  # to write a file and to run it
    }
)
Foreign: TypeAlias = Any  # a framework's module, or an object of it: frameworks are optional, and so are their types

HOW = 'pip install "lstm_helpers[frameworks]"'


def missing(name: str) -> tuple[str, ...]:
    """Name the packages behind a framework that are not installed, without importing them.

    Raises
    ------
    ValueError
        If ``name`` is none of ``PACKAGES``.
    """
    if name not in PACKAGES:
        raise ValueError(f"name is {name!r}; expected one of {', '.join(PACKAGES)}")
    return tuple(package for package in PACKAGES[name] if importlib.util.find_spec(package) is None)


def need(name: str) -> Foreign:
    """Import a framework and return its module.

    Raises
    ------
    ImportError
        If it is not installed; the message says how to get it.
    """
    absent = missing(name)
    if absent:
        raise ImportError(f"{' and '.join(absent)} is not installed: {HOW}", name=absent[0])
    if name == "keras":
        os.environ.setdefault("KERAS_BACKEND", PACKAGES["keras"][1])  # read once, when keras is imported
    return importlib.import_module(name)


def optional(name: str) -> Foreign:
    """Import a framework for a page's cell; where it is not installed, print a line that says so and return None.

    ``if torch := optional("torch"):`` begins such a cell, and the tag ``needs-torch`` marks it for the tests.
    """
    absent = missing(name)
    if not absent:
        return need(name)
    if runtime.in_browser():
        print(f"Skipped: {' and '.join(absent)} does not run in the browser, only with Python on a machine.")
        return None
    print(f"Skipped: {' and '.join(absent)} is not installed here. To run this cell: {HOW}, then restart the kernel.")
    return None
