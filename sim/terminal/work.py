"""The work behind `arsim run`, `compare`, `sweep` and `study`: compute, write, and say what happened.

Each leaves either a complete folder of results or none of that name.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sim.errors import InputError, Problem
from sim.terminal.folder import RunFolder, new_run_id, run_folder
from sim.terminal.progress import Count, Pace, duration, pace_shown, progress_bar
from sim.terminal.storing import SHOWN_DIGITS, opened

if TYPE_CHECKING:
    from sim.ledger.result import RunResult
    from sim.questions.compare import Comparison
    from sim.questions.study import Study
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.sweep import How, State, Sweep
    from sim.runs.store import Store
    from sim.scenario.schema import Scenario

Found = TypeVar("Found")
MOST_FAILURES: Final = 10
"""Failed runs listed on the terminal; failures.csv has all."""


@dataclass(frozen=True)
class Setting:
    """Where a command writes, and how it works.

    Attributes
    ----------
    out : folder of all results; those of a scenario land in `out/<scenario>/`.
    shelf : folder of the store of runs.
    use_store : whether finished runs are taken from the store and kept there.
    workers : processes; None for one for each processor.
    quiet : whether neither progress nor lines are shown.
    """

    out: Path
    shelf: Path
    use_store: bool
    workers: int | None
    quiet: bool

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> Setting:
        """Take what belongs here out of the options of a command."""
        out, store = options.pop("out"), options.pop("store")
        use_store = not options.pop("no_store", False)
        return cls(out, store or out / "store", use_store, options.pop("workers"), options.pop("quiet"))

    @property
    def store(self) -> Path | None:
        """Folder of the store; None where none is used."""
        return self.shelf if self.use_store else None

    @contextmanager
    def results(self, scenario: Scenario, kind: str = "") -> Iterator[RunFolder]:
        """Give the folder of a piece of work, the resolved scenario in it.

        Parameters
        ----------
        kind : ends the name of the folder.
        """
        from sim.scenario.resolved import scenario_hash, write_resolved

        run_id = new_run_id(scenario_hash(scenario)) + kind
        with run_folder(self.out / scenario.name, run_id, lambda place: write_resolved(scenario, place)) as folder:
            write_resolved(scenario, folder.partial)
            yield folder


def simulate(
    scenario: Scenario, setting: Setting, count: Count, traced: tuple[int, int] | None = None
) -> tuple[Path, RunResult]:
    """Run a scenario and write its results.

    Parameters
    ----------
    scenario : what to run, seed and replications included.
    count : takes the days done, for the line of a stopped run.
    traced : first and last day whose acts are written to `trace.csv`; see `traced_days`.

    Returns
    -------
    folder : the run's folder.
    result : the tables.
    """
    from sim.report import write_run
    from sim.runs.replications import run

    with setting.results(scenario) as folder:
        started = time.perf_counter()
        with opened(setting.store) as shelf, progress_bar(scenario.name, count, setting.quiet) as progress:
            result = run(scenario, workers=setting.workers or 1, store=shelf, progress=progress)
        seconds = time.perf_counter() - started
        write_run(result, folder.partial, timings={"simulate_seconds": seconds})
        if traced is not None:
            _write_trace(scenario, *traced, folder.partial / "trace.csv")
    return folder.final, result


def traced_days(text: str, scenario: Scenario) -> tuple[int, int]:
    """Return the first and last day of `FIRST:LAST`, or of one `DAY`, counted as in results.

    Raises
    ------
    InputError
        When it is neither, or names days that the run does not have.
    """
    calendar = scenario.calendar
    first, colon, last = text.partition(":")
    try:
        days = int(first), int(last if colon else first)
    except ValueError:
        days = 1, 0
    if -calendar.burn_in_days <= days[0] <= days[1] < calendar.duration_days:
        return days
    allowed = f"must be a day or FIRST:LAST, within {-calendar.burn_in_days}:{calendar.duration_days - 1}, e.g. 0:6"
    raise InputError([Problem("--trace", 0, "days", text, allowed)])


def _write_trace(scenario: Scenario, first: int, last: int, file: Path) -> None:
    """Write the acts of some days of the first replication, which is run once more up to the last of them."""
    from sim.engine import trace
    from sim.report.files import write_csv

    write_csv(trace(scenario, first, last), file)


@dataclass(frozen=True)
class ComparisonRequest:
    """What the user asked of a comparison; None leaves it to the scenario.

    Attributes
    ----------
    fields : strategies, baseline, kpis, until_halfwidth, max_replications, futures, every_kpi, as `compare` takes them.
    why : replications of the decomposition; 0 for none.
    """

    fields: dict[str, Any]
    why: int = 0

    @classmethod
    def taken_from(cls, options: dict[str, Any]) -> ComparisonRequest:
        """Read the options of `arsim compare`."""
        width, futures = options["until_halfwidth"], options["futures"]
        fields = {
            "strategies": names_in(options["strategies"]) or None,
            "kpis": names_in(options["kpi"]) or None,
            "until_halfwidth": share_of(width) if width else None,
            "futures": None if futures is None else tuple(n for n in names_in(futures) if n != "none"),
            **{name: options[name] for name in ("baseline", "max_replications", "every_kpi")},
        }
        return cls(fields, options["why"])


def compare_and_write(
    scenario: Scenario, request: ComparisonRequest, setting: Setting, count: Count
) -> tuple[Path, Comparison]:
    """Compare strategies and write the results to `out/<scenario>/<run id>-compare/`.

    Parameters
    ----------
    scenario : with its strategies; seed included.
    count : takes the runs done, for the line of a stopped comparison.

    Returns
    -------
    folder : the comparison's folder.
    comparison : what was measured.
    """
    from sim.questions.compare import compare
    from sim.questions.why import explain_gain

    workers = setting.workers or 1
    with setting.results(scenario, "-compare") as folder:
        started, why = time.perf_counter(), {}
        with opened(setting.store) as shelf:
            with progress_bar(scenario.name, count, setting.quiet) as progress:
                comparison = compare(scenario, **request.fields, workers=workers, store=shelf, progress=progress)
            simulated = time.perf_counter()
            for name in comparison.strategies[1:] if request.why else ():
                with progress_bar(f"why {name}", count, setting.quiet) as progress:
                    why[name] = explain_gain(
                        scenario,
                        name,
                        baseline=comparison.baseline,
                        kpi=comparison.kpis[0],
                        replications=request.why,
                        workers=workers,
                        store=shelf,
                        progress=progress,
                    )
        explained = time.perf_counter()
        from sim.report.questions.compare import write_comparison

        timings = {"simulate_seconds": simulated - started, "why_seconds": explained - simulated}
        write_comparison(comparison, why, folder.partial, timings=timings)
    return folder.final, comparison


def decide_and_write(
    scenario: Scenario, strategies: str | None, setting: Setting, count: Count
) -> tuple[Path, list[str]]:
    """Run strategies of a scenario for what they do, and write that to `out/<scenario>/<run id>-decisions/`.

    Two replications of the stated world are run, as a comparison does it, so that it finds them in the store.

    Parameters
    ----------
    strategies : names with commas; every one of the scenario when absent.

    Returns
    -------
    folder : with the table of decisions and the picture.
    lines : what each strategy did in the first replication, and what its author may not have meant.
    """
    from sim.questions.compare import compare
    from sim.report.questions.compare import write_decisions
    from sim.report.questions.compare.deeds import deed_lines, doubts

    names = names_in(strategies) or None
    with setting.results(scenario, "-decisions") as folder:
        with opened(setting.store) as shelf, progress_bar(scenario.name, count, setting.quiet) as progress:
            asked: dict[str, Any] = {"max_replications": 2, "futures": (), "workers": setting.workers or 1}
            comparison = compare(scenario, names, store=shelf, progress=progress, **asked)
        write_decisions(comparison, folder.partial)
    lines: list[str] = []
    for name in comparison.strategies[1:]:
        lines += [name, *(f"  {line}" for line in deed_lines(comparison, name))]
        lines += [f"  look again: {doubt}" for doubt in doubts(comparison, name)]
    return folder.final, lines


def share_of(text: str) -> float:
    """Read '2%' or '0.02' as 0.02.

    Raises
    ------
    InputError
        When it is neither, or not between 0 and 1.
    """
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < 1.0:
        allowed = "must be a share such as 2% or 0.02"
        raise InputError([Problem("--until-halfwidth", 0, "share", text, allowed)])
    return value


def names_in(text: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


@dataclass(frozen=True)
class Work(Generic[Found]):
    """How a command that takes an experiment file works.

    Attributes
    ----------
    kind : ends the name of the folder.
    check : refuses an experiment of more runs than the file, or the user's limit, allows.
    run, write : get what there is to find, and write it into a folder.
    summary : what is said at the end.
    failed : what is said when runs failed; empty when none did.
    """

    kind: str
    check: Callable[[Experiment, int | None], object]
    run: Callable[[Experiment, Store, How, Callable[[State], None]], Found]
    write: Callable[[Found, Path], None]
    summary: Callable[[Found], list[str]]
    failed: Callable[[Found, Path], str] = lambda *_: ""


def sweep_work() -> Work[Sweep]:
    """Return how a sweep is run and written; what that needs is loaded now."""
    from sim.questions.sweeps.plan import refuse_above
    from sim.questions.sweeps.sweep import run_sweep
    from sim.report.questions.sweep import write_sweep

    return Work("sweep", refuse_above, run_sweep, write_sweep, _sweep_summary, _failed_words)


def study_work() -> Work[Study]:
    """Return how a study is run and written; what that needs is loaded now."""
    from sim.questions.study import checked, run_study
    from sim.report.study import write_study

    return Work("study", checked, run_study, write_study, _study_summary)


def ask_and_write(work: Work[Found], file: str, setting: Setting, pace: Pace, **how: Any) -> tuple[Path, Found]:
    """Run the experiment of a file and write what was found to `out/<experiment>/<id>-<kind>/`.

    Parameters
    ----------
    pace : takes the progress, for the line of stopped work.
    how : dask, fresh and limit, as `sim.sweep` takes them.

    Returns
    -------
    folder : with the results.
    found : what was found.
    """
    from sim.questions.sweeps.load import load_experiment
    from sim.questions.sweeps.sweep import How

    asked = How(workers=setting.workers or len(os.sched_getaffinity(0)), **how)
    experiment = load_experiment(file)
    work.check(experiment, asked.limit)
    base = experiment.base
    with setting.results(base, f"-{work.kind}") as folder:
        with opened(setting.shelf) as shelf, pace_shown(base.name, pace, setting.quiet) as progress:
            assert shelf is not None
            found = work.run(experiment, shelf, asked, progress)
        work.write(found, folder.partial)
    return folder.final, found


def _study_summary(study: Study) -> list[str]:
    """Return what is said at the end: the answer, and how many runs it took."""
    state = study.state
    counts = f"{state.found} from the store, {state.computed} computed; {duration(study.seconds)}"
    return [study.answer.text, f"{len(study.runs)} rows of runs (equal runs are computed once): {counts}"]


def _sweep_summary(sweep: Sweep) -> list[str]:
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


def _failed_words(sweep: Sweep, folder: Path) -> str:
    """Return the line that a sweep with failed runs ends with; empty when none failed."""
    state = sweep.state
    if not state.failed:
        return ""
    return (
        f"{state.failed} of {state.total} runs failed, see {folder / 'failures.csv'}; the others are kept, and the "
        "same command tries the failed ones again"
    )
