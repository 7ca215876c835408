"""What a run says to people: figures, tables as files, one self-contained page.

Reads `RunResult` and `sim.metrics`; never simulates, never changes a result. Heavy imports stay inside the modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.report.run import write_run

__all__ = ["write_run"]


def __getattr__(name: str) -> Any:
    """Load the writer, and with it matplotlib and DuckDB, only when it is asked for."""
    if name == "write_run":
        from sim.report.run import write_run

        return write_run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
