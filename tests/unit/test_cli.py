"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import types
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim import cli
from sim._version import __version__

HEAVY = (
    "numpy",
    "pandas",
    "numba",
    "pydantic",
    "matplotlib",
    "scipy",
    "ruamel.yaml",
    "rich",
    "simpy",
    "duckdb",
    "jinja2",
)


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    file = tmp_path / "s.yaml"
    file.write_text("name: small\n")
    return str(file)


@pytest.fixture
def simulator(monkeypatch):
    """Stand-ins for the engine, the report and the indicators, so that only the command line is tested."""
    calls: dict[str, object] = {}

    def run(scenario, *, workers, store, progress):
        calls.update(scenario=scenario)
        progress(1, 2)
        progress(2, 2)
        return "result"

    def write_run(result, folder, *, timings):
        assert result == "result"
        calls.update(folder=folder, timings=timings)
        (folder / "report.html").write_text("<html>")
        (folder / "kpis.csv").write_text("kpi,unit,mean,low,high\nfill rate,1,0.95,,\n")

    def kpi_table(result):
        return pd.DataFrame({"kpi": ["share"], "unit": ["1"], "mean": [0.25], "low": [0.2], "high": [0.3]})

    for name, members in (
        ("sim.runs.replications", {"run": run}),
        ("sim.report", {"write_run": write_run}),
        ("sim.metrics.table", {"kpi_table": kpi_table}),
    ):
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
    return calls


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.exit_code(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


class TestStart:
    def test_the_command_line_and_the_package_load_nothing_heavy(self):
        code = f"import sys, sim, sim.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert result.stdout.strip() == "[]"

    def test_help_answers_within_0_3_seconds(self):
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-m", "sim.cli", "--help"], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        # The best of five: the machine may be busy, the imports are the same each time.
        assert min(times) < 0.3

    def test_help_shows_every_command(self, capsys):
        code, out, _ = call(capsys, "--help")
        assert code == 0
        for name in ("check", "schema", "explain", "run", "kpis"):
            assert f"\n  {name} " in out

    def test_version(self, capsys):
        assert call(capsys, "--version") == (0, f"arsim, version {__version__}\n", "")

    def test_main_leaves_with_the_code(self):
        with pytest.raises(SystemExit) as left:
            cli.main(["check"])
        assert left.value.code == 2

    def test_public_names_are_loaded_when_asked_for(self, scenario):
        assert sim.load(scenario).name == "small"
        assert sim.Scenario.__name__ == "Scenario"
        assert issubclass(sim.InputError, sim.ArsimError)
        assert set(sim.__all__) == set(dir(sim))
        with pytest.raises(AttributeError, match="no attribute 'runn'"):
            sim.runn  # noqa: B018


class TestBadInput:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("check",),
            ("check", "nowhere.yaml"),
            ("chek", "x"),
            ("run", "nowhere.yaml"),
            ("run", "x.yaml", "--replications", "0"),
            ("run", "x.yaml", "--seed", "-1"),
            ("explain", "team.vist"),
            ("kpis", "nowhere"),
            ("schema", "--out", "nowhere/x.json"),
        ],
    )
    def test_it_exits_with_2_and_without_a_traceback(self, capsys, arguments):
        code, out, err = call(capsys, *arguments)
        assert code == 2
        assert err
        assert "Traceback" not in out + err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("check",), "arsim check: Missing argument 'FILE'; see arsim check --help"),
            (("run",), "arsim run: Missing argument 'SCENARIO' (or --key); see arsim run --help"),
            (("study", "x", "--worker", "2"), "arsim study: No such option"),
            (("sweep", "x", "--limit", "0"), "arsim sweep: Invalid value for '--limit': 0 is not in the range x>=1"),
            (("store", "show"), "arsim store show: Missing argument 'KEY'"),
            (("chek", "x"), "arsim: No such command"),
            (("explain", "a", "b\nc"), "arsim explain: Got unexpected extra argument"),
        ],
    )
    def test_wrong_options_are_one_line_that_says_where_to_read(self, capsys, arguments, said):
        code, out, err = call(capsys, *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith(said)
        assert err.endswith(" --help\n")

    @pytest.mark.parametrize("command", [(), ("store",)])
    def test_a_command_that_needs_another_shows_its_help(self, capsys, command):
        code, _, err = call(capsys, *command)
        assert code == 2
        assert "\nCommands:\n" in err

    def test_problems_are_one_line_each_on_standard_error(self, capsys, tmp_path):
        file = tmp_path / "s.yaml"
        file.write_text("seed: -1\nteam: {vist: 1}\n")
        code, out, err = call(capsys, "check", str(file), "--set", "replications=0")
        assert (code, out) == (2, "")
        assert len(err.splitlines()) == 3
        assert f"{file}:2: team.vist: 1: is not a field of team (did you mean 'visit'?)" in err.splitlines()


class TestOurFailure:
    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch):
        def explode(*_):
            raise RuntimeError("boom")

        monkeypatch.setattr("sim.loading.read_scenario", explode)

    def test_one_line_and_exit_1(self, capsys, scenario):
        code, _, err = call(capsys, "check", scenario)
        assert code == 1
        assert err.splitlines() == ["arsim failed: RuntimeError: boom (use --debug for the traceback)"]

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_debug_shows_the_traceback_wherever_it_stands(self, capsys, scenario, place):
        arguments = ["check", scenario]
        arguments.insert(place, "--debug")
        code, _, err = call(capsys, *arguments)
        assert code == 1
        assert "Traceback" in err


def test_check_describes_the_market(capsys, scenario):
    code, out, _ = call(capsys, "check", scenario, "--set", "outlets.generate.n=42")
    assert code == 0
    assert out.startswith(f"{scenario}: ok\n")
    assert "42 generated" in out


def test_check_reads_the_census(capsys, tmp_path):
    (tmp_path / "c.csv").write_text("outlet_id,name,x_km,y_km,channel,size\n1,a,0,0,kiosk,1\n")
    file = tmp_path / "s.yaml"
    file.write_text("territories: {list: [{id: A, x_km: 0, y_km: 0}]}\noutlets: {census: {path: c.csv}}\n")
    code, _, err = call(capsys, "check", str(file))
    assert code == 2
    assert f"{tmp_path}/c.csv:2: channel: 'kiosk'" in err


def test_schema_is_json_on_standard_output_or_in_a_file(capsys, tmp_path):
    code, out, _ = call(capsys, "schema")
    assert code == 0
    file = tmp_path / "schema.json"
    assert call(capsys, "schema", "--out", str(file))[0] == 0
    assert json.loads(out) == json.loads(file.read_text())


def test_explain(capsys):
    assert "unit: km/h" in call(capsys, "explain", "team.visit.speed_km_per_hour")[1]
    assert call(capsys, "explain", "--all")[1].startswith("# Scenario reference\n")


class TestRun:
    def test_it_writes_a_complete_folder_and_says_where(self, capsys, scenario, tmp_path, simulator):
        out = tmp_path / "results"
        code, printed, _ = call(
            capsys, "run", scenario, "--no-store", "--out", str(out), "--seed", "7", "--replications", "3"
        )
        assert code == 0
        (folder,) = (out / "small").iterdir()
        assert (folder / "report.html").is_file()
        assert f"report: {folder / 'report.html'}" in printed
        assert "share" in printed
        assert "0.25" in printed
        assert "0.2 … 0.3" in printed
        assert simulator["folder"] != folder
        assert simulator["timings"].keys() == {"simulate_seconds"}
        assert (simulator["scenario"].seed, simulator["scenario"].replications) == (7, 3)

    def test_options(self, capsys, scenario, tmp_path, simulator):
        out = str(tmp_path / "r")
        code, printed, _ = call(
            capsys,
            "run",
            scenario,
            "--no-store",
            "--out",
            out,
            "--workers",
            "4",
            "--quiet",
            "--set",
            "team.visit.plan=need",
        )
        assert code == 0
        assert simulator["scenario"].team.visit.plan == "need"
        assert "share" not in printed

    def test_two_runs_get_two_folders(self, capsys, scenario, tmp_path, simulator):
        for _ in range(2):
            assert call(capsys, "run", scenario, "--no-store", "--out", str(tmp_path / "r"))[0] == 0
        assert len(list((tmp_path / "r" / "small").iterdir())) == 2

    def test_ctrl_c_keeps_nothing_and_says_so(self, capsys, scenario, tmp_path, simulator, monkeypatch):
        def stopped(scenario, *, progress, **_):
            progress(12, 365)
            raise KeyboardInterrupt

        monkeypatch.setattr(sys.modules["sim.runs.replications"], "run", stopped)
        code, _, err = call(capsys, "run", scenario, "--no-store", "--out", str(tmp_path / "r"))
        assert code == 130
        assert f"stopped after 12 of 365 days; nothing of this run was kept under {tmp_path / 'r' / 'small'}" in err
        assert list((tmp_path / "r" / "small").iterdir()) == []

    def test_a_failure_leaves_the_scenario_and_the_traceback_and_nothing_that_looks_finished(
        self, capsys, scenario, tmp_path, simulator, monkeypatch
    ):
        def broken(*_, **__):
            raise RuntimeError("goods lost")

        monkeypatch.setattr(sys.modules["sim.report"], "write_run", broken)
        code, _, err = call(capsys, "run", scenario, "--no-store", "--out", str(tmp_path / "r"), "--seed", "9")
        assert code == 1
        assert "goods lost" in err
        (folder,) = (tmp_path / "r" / "small").iterdir()
        assert folder.name.endswith(".failed")
        assert "goods lost" in (folder / "error.txt").read_text()
        assert sim.load(folder / "scenario.yaml").seed == 9

    def test_a_place_that_cannot_be_written(self, capsys, scenario, tmp_path, simulator):
        (tmp_path / "r").mkdir()
        (tmp_path / "r" / "small").write_text("a file where the folder should be")
        code, _, err = call(capsys, "run", scenario, "--no-store", "--out", str(tmp_path / "r"))
        assert code == 2
        assert "--out" in err


@pytest.mark.parametrize("days", ["monday", "3:", "2:1", "0:400", "-91", "1:2:3", ""])
def test_days_that_can_not_be_traced_are_refused_before_the_run(capsys, tmp_path, days):
    code, _, err = call(capsys, "run", "scenarios/baseline.yaml", "--out", str(tmp_path), "--trace", days)
    assert code == 2
    assert "--trace" in err
    assert "-90:364" in err
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_real_run_from_the_file_to_the_folder(capsys, scenario, tmp_path):
    small = ("calendar.duration_days=6", "calendar.burn_in_days=3", "outlets.generate.n=20", "territories.generate.n=1")
    sets = [part for text in small for part in ("--set", text)]
    more = ("--replications", "2", "--trace", "-1:0")
    code, printed, err = call(capsys, "run", scenario, "--out", str(tmp_path), *more, *sets)
    assert (code, err) == (0, "")
    (folder,) = (tmp_path / "small").iterdir()
    names = {file.name for file in folder.iterdir()}
    assert {"report.html", "kpis.csv", "manifest.json", "scenario.yaml", "trace.csv"} <= names
    traced = pd.read_csv(folder / "trace.csv")
    assert set(traced["day"]) == {-1, 0}
    assert "writes the day down" in set(traced["what"])
    (row,) = [line.split() for line in printed.splitlines() if line.startswith("sell_out_units")]
    assert float(row[1].replace(",", "")) > 0
    again = sim.load(folder / "scenario.yaml")
    assert (again.calendar.duration_days, again.replications) == (6, 2)
    code, shown, _ = call(capsys, "kpis", str(folder))
    assert code == 0
    assert shown.strip() in printed


class TestKpis:
    def test_of_a_finished_run(self, capsys, tmp_path):
        (tmp_path / "kpis.csv").write_text("kpi,unit,mean,low,high\nfill rate,1,0.95,,\n")
        code, out, _ = call(capsys, "kpis", str(tmp_path))
        assert code == 0
        assert "fill rate" in out
        assert "0.95" in out

    def test_of_a_folder_without_a_run(self, capsys, tmp_path):
        assert call(capsys, "kpis", str(tmp_path))[0] == 2

    def test_the_catalogue(self, capsys):
        code, out, _ = call(capsys, "kpis")
        assert code == 0
        assert len(out.splitlines()) > 10
