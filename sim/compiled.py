"""How kernels are compiled: one decorator for all of them.

Kernels take the world's columns in big named tuples. By default Numba counts references to every array at every call
and every access to a field; those atomic additions took nine tenths of the time of a trading day. Arrays that a kernel
is given outlive it anyway, so counting is left out, except where a kernel makes arrays of its own (`allocates`).

Compiled code is kept beside the sources, in a folder named after the content of the module and of every kernel module
that it imports. Numba itself looks at the module alone, and would go on running the old code of an inlined function
that has changed elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from numba import njit
from numba.core import config

ROOT = Path(__file__).parent
IMPORTED = re.compile(r"^from ([\w.]+) import ", re.MULTILINE)


def kernel(*, allocates: bool = False, inline: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """Compile a function on first use.

    Parameters
    ----------
    allocates : whether it makes arrays, or calls a function that returns one.
    inline : write its body into every caller; for small functions of the innermost loops.

    Notes
    -----
    A division by zero gives inf or NaN, as in NumPy; checking every divisor would keep loops from being vectorised.
    """
    options: dict[str, Any] = {
        "cache": True,
        "error_model": "numpy",
        "_nrt": allocates,
        "inline": "always" if inline else "never",
        "no_cfunc_wrapper": True,
    }

    def compile_function(function: Callable[..., Any]) -> Any:
        settings: Any = config
        saved = settings.CACHE_DIR
        settings.CACHE_DIR = str(_folder(function.__code__.co_filename))
        try:
            return njit(**options)(function)
        finally:
            settings.CACHE_DIR = saved

    return compile_function


def _folder(file: str) -> Path:
    """Folder of the compiled code of a module, named after all source that may be inlined into it."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(_closure(Path(file))):
        digest.update(path.read_bytes())
    return _base() / f"kernels-{Path(file).stem}-{digest.hexdigest()}"


@cache
def _base() -> Path:
    """Where compiled code may be kept: beside the sources, or in the user's cache folder where those can't be written.

    Numba's own setting (NUMBA_CACHE_DIR) comes first.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    beside = ROOT / "__pycache__"
    writable = os.access(beside if beside.exists() else ROOT, os.W_OK)
    return beside if writable else Path.home() / ".cache" / "arsim"


@cache
def _closure(path: Path) -> frozenset[Path]:
    """A module and the modules that it imports, directly or not, whose content is compiled into its kernels."""
    found = {path, Path(__file__)}
    for name in IMPORTED.findall(path.read_text(encoding="utf-8")):
        other = ROOT.parent.joinpath(*name.split(".")).with_suffix(".py")
        if other.exists() and other not in found and _holds_kernels(other):
            found |= _closure(other)
    return frozenset(found)


def _holds_kernels(path: Path) -> bool:
    named = path.parent == ROOT / "kernels" or path == ROOT / "policies.py"
    return named or "from sim.compiled import kernel" in path.read_text(encoding="utf-8")
