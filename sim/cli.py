"""The command `arsim`: parse, call the API, print.

Everything heavier than click is imported inside the commands, so that `arsim --help` answers at once.
Exit codes: 0 good, 1 a failure of ours, 2 bad input, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim._version import __version__
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.ledger.result import RunResult
    from sim.scenario.schema import Scenario

SET_HELP = "Set one field, e.g. --set team.visit.speed_km_per_hour=30; may be repeated."
set_option = click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help=SET_HELP)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="arsim")
@click.option("--debug", is_flag=True, help="Show the whole traceback of a failure.")
def cli(debug: bool) -> None:
    """Simulate a regional consumer-goods market and compare strategies before the rollout."""
    click.get_current_context().obj = debug


@cli.command()
@click.argument("file", type=click.Path())
@set_option
def check(file: str, sets: tuple[str, ...]) -> None:
    """Check a scenario FILE (and its census) and describe the market in it."""
    from sim.scenario.load import load_scenario
    from sim.scenario.summary import market_summary

    scenario = load_scenario(file, sets)
    lines = market_summary(scenario)
    click.echo(f"{file}: ok")
    for line in lines:
        click.echo(f"  {line}")


@cli.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
def schema(out: Path | None) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from sim.scenario.describe import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        click.echo(f"wrote {out}")


@cli.command()
@click.argument("field", required=False)
@click.option("--all", "everything", is_flag=True, help="Print the reference of every field as Markdown.")
def explain(field: str | None, everything: bool) -> None:
    """Explain a scenario FIELD, e.g. team.visit.speed_km_per_hour, or a section, e.g. team.visit."""
    from sim.scenario.describe import explain as explain_field
    from sim.scenario.describe import reference

    click.echo(reference() if everything else explain_field(field or ""), nl=not everything)


@cli.command()
@click.argument("scenario", type=click.Path())
@set_option
@click.option("--replications", type=click.IntRange(1, 100_000), help="Instead of the scenario's.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Instead of the scenario's.")
@click.option("--out", default="results", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes.")
@click.option("--quiet", is_flag=True, help="No progress bar and no table.")
def run(
    scenario: str,
    sets: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    out: Path,
    workers: int,
    quiet: bool,
) -> None:
    """Run a SCENARIO file; results land in OUT/<scenario>/<run id>/."""
    from sim.scenario.load import load_scenario

    changes = {"replications": replications, "seed": seed}
    flags = tuple(f"{name}={value}" for name, value in changes.items() if value is not None)
    loaded = load_scenario(scenario, (*sets, *flags))
    folder, result = _run_and_write(loaded, out, workers, quiet)
    if not quiet:
        _print_kpis(result)
    click.echo(f"report: {folder / 'report.html'}")


@cli.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def kpis(folder: Path | None) -> None:
    """List every KPI with its unit and formula, or the values of a finished run in FOLDER."""
    if folder is not None:
        import pandas as pd

        _print_table(pd.read_csv(folder / "kpis.csv"))
        return
    from sim.metrics.catalogue import KPIS

    for kpi in KPIS.values():
        click.echo(f"{kpi.name} [{kpi.unit}]: {kpi.formula}")


def _run_and_write(scenario: Scenario, out: Path, workers: int, quiet: bool) -> tuple[Path, RunResult]:
    """Simulate, write the results folder, and return it with the result."""
    import time

    from sim.engine import run as run_scenario
    from sim.report import write_run
    from sim.report.folder import results_folder

    timings: dict[str, float] = {}
    with results_folder(scenario, out) as place:
        started = time.perf_counter()
        with _progress_bar(scenario.name, quiet) as progress:
            result = run_scenario(scenario, progress=progress)
        timings["run"] = time.perf_counter() - started
        write_run(result, place.partial, timings=timings)
    return place.final, result


def _progress_bar(label: str, quiet: bool) -> Any:
    raise NotImplementedError


def _print_kpis(result: RunResult) -> None:
    from sim.metrics.table import kpi_table

    _print_table(kpi_table(result))


def _print_table(table: Any) -> None:
    raise NotImplementedError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(exit_code(sys.argv[1:] if arguments is None else list(arguments)))


def exit_code(arguments: list[str]) -> int:
    """Run the command line and return the exit code; nothing but `--debug` shows a traceback."""
    return _guarded(lambda: cli.main(arguments, prog_name="arsim", standalone_mode=False), "--debug" in arguments)


def _guarded(call: Callable[[], Any], debug: bool) -> int:
    try:
        outcome = call()
    except InputError as error:
        click.echo(str(error), err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence: users get one line, not a traceback
        if debug:
            traceback.print_exc()
        else:
            click.echo(f"arsim failed: {type(error).__name__}: {error} (use --debug for the traceback)", err=True)
        return 1
    return outcome if isinstance(outcome, int) else 0
