"""Names and numbers as answers say them."""

from __future__ import annotations

from collections.abc import Sequence


def names_of(paths: Sequence[str]) -> dict[str, str]:
    """Return path → words: the end of the path, as long as it must be for every dimension to have a name of its own."""
    return {path: _name(path, paths) for path in paths}


def number(value: float) -> str:
    """Return a value of a dimension for a reader: 0.0123, 28.71, 1,200,000."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _name(path: str, paths: Sequence[str]) -> str:
    parts = path.split(".")
    for n in range(1, len(parts)):
        if sum(other.split(".")[-n:] == parts[-n:] for other in paths) == 1:
            return " ".join(parts[-n:]).replace("_", " ")
    return path.replace(".", " ").replace("_", " ")
