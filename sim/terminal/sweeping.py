"""The work behind `arsim sweep`: run an experiment, write it, and say what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.terminal.asking import Work
from sim.terminal.pace import duration
from sim.terminal.storing import SHOWN_DIGITS

if TYPE_CHECKING:
    from sim.questions.sweeps.sweep import Sweep

MOST_FAILURES: Final = 10
"""Failed runs listed on the terminal; failures.csv has all."""


def work() -> Work[Sweep]:
    """Return how a sweep is run and written; what that needs is loaded now."""
    from sim.questions.sweeps.plan import refuse_above
    from sim.questions.sweeps.sweep import run_sweep
    from sim.report.questions.sweep import write_sweep

    return Work("sweep", refuse_above, run_sweep, write_sweep, summary, failed_words)


def summary(sweep: Sweep) -> list[str]:
    """Return what is said at the end: counts, and the first failures with how to repeat them."""
    state = sweep.state
    lines = [
        f"{len(sweep.table)} rows of {state.total} different runs: {state.found} from the store, "
        f"{state.computed} computed, {state.failed} failed; {duration(sweep.seconds)}"
    ]
    for row in sweep.failures.head(MOST_FAILURES).to_dict("records"):
        lines.append(
            f"failed: point {row['point']}, {row['strategy']}, replication {row['replication']}: {row['error']}; "
            f"again: arsim run --key {row['key'][:SHOWN_DIGITS]} --debug"
        )
    if len(sweep.failures) > MOST_FAILURES:
        lines.append(f"… and {len(sweep.failures) - MOST_FAILURES} more, see failures.csv")
    return lines


def failed_words(sweep: Sweep, folder: Path) -> str:
    """Return the line that a sweep with failed runs ends with; empty when none failed."""
    state = sweep.state
    if not state.failed:
        return ""
    return (
        f"{state.failed} of {state.total} runs failed, see {folder / 'failures.csv'}; the others are kept, and the "
        "same command tries the failed ones again"
    )
