"""The command `arsim`: parse, call the API, print.

Everything heavier than click is imported inside the commands, so that `arsim --help` answers at once.
Exit codes: 0 good, 1 a failure of ours or runs that failed, 2 bad input, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim._version import __version__
from sim.errors import InputError, Problem, RunError, one_line
from sim.terminal.store_commands import store as store_commands

if TYPE_CHECKING:
    from sim.terminal.work import Work

Command = TypeVar("Command", bound=Callable[..., Any])

GOOD, OUR_FAILURE, BAD_INPUT, STOPPED = 0, 1, 2, 130
SET_HELP = "Set one field, e.g. --set team.visit.speed_km_per_hour=30; may be repeated."

folder_type = click.Path(file_okay=False, path_type=Path)
processes_type = click.IntRange(1, 1024)
set_option = click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help=SET_HELP)
seed_option = click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Instead of the scenario's.")
out_option = click.option("--out", default="results", show_default=True, type=folder_type, help="All results.")
store_option = click.option("--store", type=folder_type, help="Store of runs; OUT/store when left out.")
setting_options = (
    out_option,
    store_option,
    click.option("--no-store", is_flag=True, help="Neither read finished runs nor keep any."),
    click.option("--workers", type=processes_type, default=1, show_default=True, help="Processes."),
)
experiment_options = (
    click.option("--workers", type=processes_type, help="Processes; one for each processor when left out."),
    click.option(
        "--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster, instead of processes of this machine."
    ),
    click.option(
        "--resume/--fresh", default=True, show_default=True, help="Take finished runs from the store, or none."
    ),
    click.option(
        "--limit", type=click.IntRange(min=1), metavar="N", help="Allow N runs, instead of the file's max_runs."
    ),
    store_option,
    out_option,
)
quiet_option = click.option("--quiet", is_flag=True, help="No progress and no lines.")


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Decorate a command with options, in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arsim")
@click.option("--debug", is_flag=True, help="Show the whole traceback of a failure.")
def cli(debug: bool) -> None:
    """Simulate a regional consumer-goods market and compare strategies before the rollout."""
    del debug  # declared for --help; `exit_code` reads it, wherever it stands


@cli.command()
@click.argument("file", type=click.Path())
@set_option
@click.option(
    "--run",
    "short_run",
    is_flag=True,
    help="Also run it for a year: money, calls, orders, one advisor more; and its strategies.",
)
@click.option("--workers", type=processes_type, default=1, show_default=True, help="Processes of --run.")
def check(file: str, sets: tuple[str, ...], short_run: bool, workers: int) -> None:
    """Check a scenario FILE (with its census and strategies), and hold its market against real ones.

    What lies outside the band of real markets is a warning with the field to look at; it is never refused.
    """
    from sim.loading import load
    from sim.scenario.names import market_summary
    from sim.terminal.plausible import print_doubts, print_ran, print_stated
    from sim.terminal.progress import Count
    from sim.terminal.words import strategy_summary

    scenario = load(file, sets)
    lines = market_summary(scenario)
    click.echo(f"{file}: ok")
    _say(f"  {line}" for line in lines)
    print_stated(scenario)  # before anything that takes long in a large market
    _say(f"  {line}" for line in strategy_summary(scenario))
    if short_run:
        count = Count("days")
        with _stopping(lambda: f"stopped {count}; nothing was kept"):
            print_ran(scenario, workers, count)
        runs = Count("runs")
        with _stopping(lambda: f"stopped {runs}; nothing was kept"):
            print_doubts(scenario, workers, runs)


@cli.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim.scenario.describe import json_schema
    from sim.strategies.registry import with_strategies

    text = json.dumps(with_strategies(json_schema()), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    elif not out.parent.is_dir():
        raise InputError([Problem(str(out), 0, "--out", str(out.parent), "must be an existing folder")])
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"wrote {out}")


@cli.command()
@click.argument("field", default="")
@click.option("--all", "everything", is_flag=True, help="Print the reference of every field as Markdown.")
def explain(field: str, everything: bool) -> None:
    """Explain a scenario FIELD, e.g. team.visit.speed_km_per_hour, or a section, e.g. team.visit."""
    from sim.scenario.describe import explain as explain_field
    from sim.scenario.describe import reference

    click.echo(reference() if everything else explain_field(field), nl=not everything)


@cli.command()
@click.argument("scenario", required=False, type=click.Path())
@set_option
@click.option("--key", metavar="KEY", help="Run a stored run again, alone, instead of a file; see `arsim store ls`.")
@click.option("--replications", type=click.IntRange(1, 100_000), help="Instead of the scenario's.")
@seed_option
@click.option("--strategy", help="The strategy that is followed, instead of the scenario's.")
@with_options(*setting_options)
@click.option("--trace", metavar="FIRST:LAST", help="Write every act of these days to trace.csv; 0 is the first day.")
@click.option("--quiet", is_flag=True, help="No progress bar and no table.")
def run(scenario: str | None, sets: tuple[str, ...], key: str | None, trace: str | None, **options: Any) -> None:
    """Run a SCENARIO file; results land in OUT/<scenario>/<run id>/."""
    from sim.loading import load
    from sim.terminal.progress import Count
    from sim.terminal.storing import existing, kept_in, repeat_stored
    from sim.terminal.work import Setting, simulate, traced_days

    setting = Setting.taken_from(options)
    if key is not None:
        with existing(setting.shelf) as shelf:
            _say(repeat_stored(shelf, key))
        return
    if scenario is None:
        raise click.UsageError("Missing argument 'SCENARIO' (or --key).")
    flags = [f"{name}={options[name]}" for name in ("replications", "seed", "strategy") if options[name] is not None]
    loaded = load(scenario, (*sets, *flags))
    traced = None if trace is None else traced_days(trace, loaded)
    count = Count("days")
    what = f"nothing of this run was kept under {setting.out / loaded.name}{kept_in(setting.store)}"
    with _stopping(lambda: f"stopped {count}; {what}"):
        folder, result = simulate(loaded, setting, count, traced)
    if not setting.quiet:
        from sim.metrics.table import kpi_table
        from sim.terminal.words import print_kpis

        print_kpis(kpi_table(result))
    click.echo(f"report: {folder / 'report.html'}")


@cli.command()
@click.argument("scenario", type=click.Path())
@set_option
@click.option("--strategies", help="Names with commas; every strategy of the scenario when left out.")
@click.option("--kpi", "kpi", help="KPIs with commas, the deciding one first; the scenario's when left out.")
@click.option("--baseline", help="The strategy that the others are compared with.")
@click.option("--until-halfwidth", metavar="SHARE", help="Add replications until intervals are this narrow, e.g. 2%.")
@click.option("--max-replications", type=click.IntRange(2, 100_000), help="At most (20, or 200 with a width).")
@click.option("--futures", help="Futures with commas, 'none' for the stated world alone; all when left out.")
@click.option("--why", type=click.IntRange(0, 1000), default=0, help="Replications that split each gain by mechanism.")
@click.option("--every-kpi", is_flag=True, help="Keep every KPI in the store, so that later questions need no runs.")
@seed_option
@with_options(*setting_options)
@click.option("--quiet", is_flag=True, help="No progress bar and no lines.")
def compare(scenario: str, sets: tuple[str, ...], seed: int | None, **options: Any) -> None:
    """Compare the strategies of a SCENARIO on the same luck; results land in OUT/<scenario>/<run id>-compare/."""
    from sim.loading import load
    from sim.terminal.progress import Count
    from sim.terminal.storing import kept_in
    from sim.terminal.work import ComparisonRequest, Setting, compare_and_write

    setting = Setting.taken_from(options)
    loaded = load(scenario, (*sets, *(() if seed is None else (f"seed={seed}",))))
    request = ComparisonRequest.taken_from(options)
    count = Count("runs")
    what = f"nothing of this comparison was kept under {setting.out / loaded.name}{kept_in(setting.store)}"
    with _stopping(lambda: f"stopped {count}; {what}"):
        folder, comparison = compare_and_write(loaded, request, setting, count)
    if not setting.quiet:
        from sim.report.questions.compare import summary_lines

        _say(summary_lines(comparison))
    click.echo(f"decision: {folder / 'decision.html'}")
    click.echo(f"report: {folder / 'report.html'}")


@cli.command()
@click.argument("scenario", type=click.Path())
@set_option
@click.option("--strategies", help="Names with commas; every strategy of the scenario when left out.")
@with_options(*setting_options)
@click.option("--quiet", is_flag=True, help="No progress bar and no lines.")
def decisions(scenario: str, sets: tuple[str, ...], strategies: str | None, **options: Any) -> None:
    """Tell what each strategy of a SCENARIO does, where and when: stages, gates, people, money, contracts."""
    from sim.loading import load
    from sim.terminal.progress import Count
    from sim.terminal.work import Setting, decide_and_write

    setting, count = Setting.taken_from(options), Count("runs")
    with _stopping(lambda: f"stopped {count}; nothing was written"):
        folder, lines = decide_and_write(load(scenario, sets), strategies, setting, count)
    _say(() if setting.quiet else lines)
    click.echo(f"decisions: {folder}")


@cli.command()
@click.argument("experiment", required=False, type=click.Path())
@with_options(*experiment_options)
@click.option("--explain", is_flag=True, help="Explain every field of an experiment file.")
@quiet_option
def sweep(experiment: str | None, explain: bool, **options: Any) -> int:
    """Run an EXPERIMENT file over its levers and uncertainties; results land in OUT/<experiment>/<id>-sweep/."""
    if explain:
        from sim.questions.sweeps.schema import explained

        click.echo(explained())
        return GOOD
    if experiment is None:
        raise click.UsageError("Missing argument 'EXPERIMENT' (or --explain).")
    from sim.terminal.work import sweep_work

    return _ask(sweep_work(), experiment, options)


@cli.command()
@click.argument("experiment", type=click.Path())
@with_options(*experiment_options)
@quiet_option
def study(experiment: str, **options: Any) -> int:
    """Answer the question (section `study`) of an EXPERIMENT file; results land in OUT/<experiment>/<id>-study/."""
    from sim.terminal.work import study_work

    return _ask(study_work(), experiment, options)


def _ask(work: Work[Any], file: str, options: dict[str, Any]) -> int:
    """Do what an experiment file asks, say what was found, and return the exit code."""
    from sim.terminal.progress import Pace
    from sim.terminal.work import Setting, ask_and_write

    pace, setting = Pace(), Setting.taken_from(options)
    kept = f"finished runs are kept in {setting.shelf}, and the same command on {file} goes on from there"
    how = {"dask": options["dask"], "fresh": not options["resume"], "limit": options["limit"]}
    with _stopping(lambda: f"stopped: {pace}; {kept}"):
        folder, found = ask_and_write(work, file, setting, pace, **how)
    _say(() if setting.quiet else work.summary(found))
    click.echo(f"report: {folder / 'report.html'}")
    if failed := work.failed(found, folder):
        click.echo(failed, err=True)
        return OUR_FAILURE
    return GOOD


@cli.command()
@click.argument("scenario", required=False, type=click.Path())
@set_option
@click.option("--principle", metavar="NAME", help="One map of the atlas, in full; all in a line each when left out.")
@click.option(
    "--experiment", metavar="FILE", type=click.Path(), help="A map of your own: a file with a boundary study."
)
@click.option("--at", "stated", multiple=True, metavar="PATH=VALUE", help="An axis, instead of what SCENARIO states.")
@with_options(*experiment_options, quiet_option)
def atlas(scenario: str | None, sets: tuple[str, ...], stated: tuple[str, ...], **options: Any) -> None:
    """Say where a SCENARIO lies on the maps of the principles: which side, how far from the line, what to find out.

    Without a SCENARIO the maps are listed. A map of your own is run first, or taken from the store.
    """
    from sim.loading import load
    from sim.questions.atlas.chart import shipped, shipped_map
    from sim.questions.atlas.place import place_on
    from sim.terminal import atlas as told

    out, principle, experiment = options["out"] / "atlas", options.pop("principle"), options.pop("experiment")
    if principle and experiment:
        raise InputError([Problem("--experiment", 0, "map", experiment, "give it or --principle, not both")])
    market, at = None if scenario is None else load(scenario, sets), told.stated(stated)
    chart = _own_map(experiment, options) if experiment else shipped_map(principle) if principle else None
    maps = shipped() if chart is None else {chart.name: chart}
    if scenario is None or market is None:
        _say(told.list_lines(maps))
        return
    if chart is None:
        _say(told.short_lines(maps, market, at, scenario))
        click.echo("in full: --principle NAME")
        return
    place = place_on(chart, market, at, scenario)
    _say(told.place_lines(place))
    click.echo(f"picture: {told.write_picture(place, out, market.name)}")


def _own_map(file: str, options: dict[str, Any]) -> Any:
    """Run the boundary study of an experiment FILE, or take it from the store, and return it as a map."""
    from sim.questions.atlas.chart import map_of
    from sim.questions.study import run_study
    from sim.questions.sweeps.load import load_experiment
    from sim.questions.sweeps.sweep import How
    from sim.terminal.progress import Pace, pace_shown
    from sim.terminal.storing import opened
    from sim.terminal.work import Setting

    experiment = load_experiment(file)
    kind = experiment.spec.study.kind if experiment.spec.study is not None else "none"
    if kind != "boundary":
        raise InputError([experiment.problem(("study",), kind, "must be boundary: a map is a plane of two unknowns")])
    how = {"dask": options["dask"], "fresh": not options["resume"], "limit": options["limit"]}
    pace, setting = Pace(), Setting.taken_from(options)
    with (
        _stopping(lambda: f"stopped: {pace}; the same command goes on from there"),
        opened(setting.shelf) as shelf,
        pace_shown(experiment.spec.name, pace, setting.quiet) as progress,
    ):
        assert shelf is not None
        return map_of(run_study(experiment, shelf, How(setting.workers or 1, **how), progress))


@cli.command()
@click.argument("kind", default="")
def strategies(kind: str) -> None:
    """List the kinds of strategies, or the parameters of one KIND with units and bounds."""
    from sim.terminal.words import explain_kind, list_kinds

    click.echo(explain_kind(kind) if kind else list_kinds())


@cli.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def kpis(folder: Path | None) -> None:
    """List every KPI with its unit and formula, or the values of a finished run in FOLDER."""
    if folder is None:
        from sim.metrics.catalogue import KPIS

        for kpi in KPIS.values():
            click.echo(f"{kpi.name} [{kpi.unit}]: {kpi.formula}")
        return
    table = folder / "kpis.csv"
    if not table.is_file():
        raise InputError([Problem(str(folder), 0, "folder", "no kpis.csv", "must be the folder of a complete run")])
    import pandas as pd

    from sim.terminal.words import print_kpis

    print_kpis(pd.read_csv(table))


cli.add_command(store_commands)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@contextmanager
def _stopping(words: Callable[[], str]) -> Iterator[None]:
    """Give Ctrl-C a line that says what was kept."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(words()) from None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # A polite kill ends like Ctrl-C: cleanly, with a word about what was kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def exit_code(arguments: list[str]) -> int:
    """Run the command line and return the exit code; nothing but `--debug` shows a traceback."""
    # Accepted anywhere, because the hint to use it is read at the end of a long command.
    others = [argument for argument in arguments if argument != "--debug"]
    debug = len(others) < len(arguments)
    return _guarded(lambda: cli.main(others, prog_name="arsim", standalone_mode=False), debug)


def _guarded(call: Callable[[], Any], debug: bool) -> int:
    try:
        outcome = call()
    except InputError as error:
        click.echo(str(error), err=True)
        return BAD_INPUT
    except RunError as error:
        click.echo(str(error), err=True)
        return OUR_FAILURE
    except click.ClickException as error:
        click.echo(_option_words(error), err=True)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt) as stop:
        # click wraps a KeyboardInterrupt into an Abort without words.
        click.echo(str(stop.__cause__ or stop) or "stopped; nothing was written", err=True)
        return STOPPED
    except Exception as error:  # noqa: BLE001 - the last line of defence: users get one line, not a traceback
        if debug:
            traceback.print_exc()
        else:
            click.echo(f"arsim failed: {type(error).__name__}: {error} (use --debug for the traceback)", err=True)
        return OUR_FAILURE
    return outcome if isinstance(outcome, int) else GOOD


def _option_words(error: click.ClickException) -> str:
    """Return what is wrong with the options as one line; the whole help where nothing was asked for."""
    if isinstance(error, getattr(click.exceptions, "NoArgsIsHelpError", ())):
        return error.format_message()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "arsim"
    return one_line(f"{command}: {error.format_message().rstrip('.')}; see {command} --help")


if __name__ == "__main__":
    main()
