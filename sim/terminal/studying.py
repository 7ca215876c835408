"""The work behind `arsim study`: answer the question of an experiment file, write it, and say what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.storing import opened
from sim.terminal.sweeping import Pace, duration, shown

if TYPE_CHECKING:
    from sim.experiment.studies.study import Study
    from sim.experiment.sweeps.sweep import How


def study_and_write(file: str, how: How, out: Path, store: Path, pace: Pace, *, quiet: bool) -> tuple[Path, Study]:
    """Run the study of a file and write it to `out/<experiment>/<id>-study/`.

    Parameters
    ----------
    store : folder of the store of runs.
    pace : takes the progress, for the line of a stopped study.

    Returns
    -------
    folder : with the results.
    study : what was found.
    """
    from sim.experiment.studies.study import run_study
    from sim.experiment.sweeps.load import load_experiment
    from sim.report.study.write import write_study
    from sim.scenario.resolved import scenario_hash, write_resolved

    experiment = load_experiment(file)
    base = experiment.base
    run_id = f"{new_run_id(scenario_hash(base))}-study"
    with run_folder(out / base.name, run_id, lambda place: write_resolved(base, place)) as folder:
        with opened(store) as shelf, shown(base.name, pace, quiet) as progress:
            assert shelf is not None
            study = run_study(experiment, shelf, how, progress)
        write_resolved(base, folder.partial)
        write_study(study, folder.partial)
    return folder.final, study


def summary(study: Study) -> list[str]:
    """Return what is said at the end: the answer, and how many runs it took."""
    state = study.state
    counts = f"{state.found} from the store, {state.computed} computed; {duration(study.seconds)}"
    return [study.answer.text, f"{len(study.runs)} rows of runs (equal runs are computed once): {counts}"]
