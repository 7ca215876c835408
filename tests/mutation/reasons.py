"""Why some swaps cannot change any result: (file, place, first, second) and the reason."""

from __future__ import annotations

REASONS: dict[tuple[str, str, str, str], str] = {}
