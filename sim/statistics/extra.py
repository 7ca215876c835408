"""Packages of the extra `analysis`, loaded when a function needs them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.errors import InputError, Problem

INSTALL = 'is not installed; run: pip install "arsim[analysis]"'


def need(module: str) -> Any:
    """Return a module of the extra `analysis`.

    Raises
    ------
    InputError : its package is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        package = module.partition(".")[0]
        # a defect inside an installed package must show itself as it is
        if (error.name or "").partition(".")[0] != package:
            raise
        raise InputError([Problem("analysis", 0, "package", package, INSTALL)]) from None
