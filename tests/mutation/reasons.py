"""Why some swaps cannot change any result: (file, place, first, second) and the reason."""

from __future__ import annotations

SCRATCH = "both are scratch of one length and type, written before they are read"


REASONS: dict[tuple[str, str, str, str], str] = {
    ("sim/kernels/shopping.py", "list_shoppers", "scratch.bits", "scratch.picks"): SCRATCH
}
