"""The work behind `arsim study`: answer the question of an experiment file, write it, and say what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.terminal.asking import Work
from sim.terminal.pace import duration

if TYPE_CHECKING:
    from sim.questions.study import Study


def work() -> Work[Study]:
    """Return how a study is run and written; what that needs is loaded now."""
    from sim.questions.study import checked, run_study
    from sim.report.study import write_study

    return Work("study", checked, run_study, write_study, summary)


def summary(study: Study) -> list[str]:
    """Return what is said at the end: the answer, and how many runs it took."""
    state = study.state
    counts = f"{state.found} from the store, {state.computed} computed; {duration(study.seconds)}"
    return [study.answer.text, f"{len(study.runs)} rows of runs (equal runs are computed once): {counts}"]
