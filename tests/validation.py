"""The scripts of the validation page, so that tests measure with the very functions whose figures the page shows."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1] / "docs" / "validation"


def script(name: str) -> Any:
    """Return a script of docs/validation as a module."""
    if str(SCRIPTS) not in sys.path:
        sys.path.append(str(SCRIPTS))
    return importlib.import_module(name)
