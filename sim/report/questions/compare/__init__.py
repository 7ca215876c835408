"""What a comparison says to people: budgets first, then differences, a decision card, one self-contained page.

Reads `Comparison` and the statistics of it; builds the market once, for its map; never simulates a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.questions.compare.page import write_comparison, write_decisions
    from sim.report.questions.compare.words import summary_lines

__all__ = ["summary_lines", "write_comparison", "write_decisions"]


def __getattr__(name: str) -> Any:
    """Load the lines for the terminal without matplotlib, which only the writer needs."""
    if name == "summary_lines":
        from sim.report.questions.compare.words import summary_lines

        return summary_lines
    if name in ("write_comparison", "write_decisions"):
        from sim.report.questions.compare import page

        return getattr(page, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
