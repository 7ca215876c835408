"""A written comparison: files, tables with the right numbers, and pages that need no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.report.questions.compare import write_comparison
from sim.runs.store.tables import read_parquet
from tests.unit.report.comparison.made import made, split
from tests.unit.report.test_html import parsed

EVIL = "</script><img src=x onerror=alert(1)>"
TABLES = (
    "differences",
    "chances",
    "tradeoff",
    "regret",
    "territories",
    "payback",
    "why",
    "budgets",
    "decisions",
    "dose",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a comparison with everything: two strategies, one with an evil name, a future, and why."""
    target = tmp_path_factory.mktemp("comparison")
    gains = {"roll_out": {"profit_manufacturer": 200.0}, EVIL: {"market_share_units": 0.02, "spending": 300.0}}
    comparison = made(gains, futures={"price war": {"roll_out": -50.0}})
    write_comparison(comparison, {"roll_out": split(200.0, {"travel": 150.0})}, target, timings={"why_seconds": 2.0})
    return target


def test_every_file_is_there(folder: Path) -> None:
    keys = ("differences", "chance", "tradeoff", "did", "when", "where", "why", "regret")
    expected = {f"{name}.csv" for name in TABLES} | {f"figures/{key}.{kind}" for key in keys for kind in ("png", "svg")}
    expected |= {"manifest.json", "outcomes.parquet", "report.html", "decision.html", "decision.pdf"}
    assert {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()} == expected


def test_without_futures_and_why_their_pictures_are_left_out(tmp_path: Path) -> None:
    write_comparison(made({"a": {}}, replications=2, territories=1), {}, tmp_path)
    keys = {f.stem for f in (tmp_path / "figures").iterdir()}
    assert keys == {"differences", "chance", "tradeoff", "did", "when", "where"}
    assert pd.read_csv(tmp_path / "regret.csv").empty
    assert list(pd.read_csv(tmp_path / "why.csv").columns)[:2] == ["strategy", "part"]


def test_the_tables_have_the_numbers(folder: Path) -> None:
    rows = pd.read_csv(folder / "differences.csv").set_index(["asked", "kpi", "strategy"])
    asked = rows.loc[(True, "profit_manufacturer", "roll_out")]
    assert asked["difference"] == pytest.approx(200.0)
    assert asked["verdict"] == "better"
    assert rows.loc[(False, "spending", EVIL), "difference"] == pytest.approx(300.0)
    regret = pd.read_csv(folder / "regret.csv").set_index(["future", "strategy"])["regret"]
    assert regret[("as stated", "baseline")] == pytest.approx(200.0)
    assert regret[("price war", "roll_out")] == pytest.approx(50.0)
    places = pd.read_csv(folder / "territories.csv").set_index(["strategy", "territory"])["relative_difference"]
    assert places[("roll_out", "T01")] == pytest.approx(-0.1, rel=0.02)
    assert places[("roll_out", "T02")] == pytest.approx(0.0)
    back = pd.read_csv(folder / "payback.csv").set_index(["measure", "strategy"])["median"]
    assert back[("cash", "roll_out")] == 14
    assert pd.read_csv(folder / "chances.csv")["chance"].sum() == pytest.approx(1.0)
    why = pd.read_csv(folder / "why.csv").set_index("part")["mean"]
    assert why["travel"] + why["interaction"] == pytest.approx(why["total"])


def test_every_outcome_is_kept(folder: Path) -> None:
    outcomes = read_parquet(folder / "outcomes.parquet")
    assert set(outcomes["future"]) == {"as stated", "price war"}
    assert len(outcomes) == 2 * 3 * 10 * 9


def test_the_manifest_says_what_was_compared(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["strategies"] == ["baseline", "roll_out", EVIL]
    assert manifest["futures"] == ["as stated", "price war"]
    assert (manifest["seed"], manifest["replications"], manifest["stopping_rule"]) == (7, 10, None)
    assert manifest["budget_line"].startswith("Unequal budgets")
    assert manifest["timings_seconds"] == {"why": 2.0}


@pytest.mark.parametrize("name", ["report.html", "decision.html"])
def test_the_pages_need_no_network_and_let_no_name_in(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?//""", text)
    assert not re.findall(r"""url\(\s*["']?\s*(?:https?:)?//""", text)
    for tag, attributes in parsed(text).tags:
        assert "onerror" not in attributes, tag
        for attribute in ("src", "href", "data", "action", "srcset"):
            value = attributes.get(attribute, "")
            assert not value or value.startswith(("#", "data:")), (tag, attribute, value[:60])


@pytest.mark.parametrize("name", ["report.html", "decision.html"])
def test_the_budget_line_is_the_first_text(folder: Path, name: str) -> None:
    body = (folder / name).read_text(encoding="utf-8").split("<body", 1)[1].split(">", 1)[1]
    first = re.sub(r"<[^>]*>", "", body.split("</p>", 1)[0]).strip()
    assert first.startswith("Unequal budgets: ")


def test_pictures_come_before_charts_and_tables(folder: Path) -> None:
    text = (folder / "report.html").read_text(encoding="utf-8")
    places = [text.index(f'<section id="{name}"') for name in ("pictures", "charts", "tables", "basis", "reading")]
    assert places == sorted(places)
    images = [a for t, a in parsed(text).tags if t == "img"]
    assert len(images) == 8
    assert all(len(a["alt"]) > 40 for a in images)


def test_two_writings_differ_in_nothing(tmp_path: Path) -> None:
    comparison = made({"a": {"profit_manufacturer": 50.0}}, replications=3)
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_comparison(comparison, {}, tmp_path / name)
        contents.append({str(f.relative_to(tmp_path / name)): f.read_bytes() for f in (tmp_path / name).rglob("*.*")})
    assert contents[0] == contents[1]


def test_undefined_numbers_are_no_json(tmp_path: Path) -> None:
    gains = {"a": {"profit_manufacturer": np.nan, "market_share_units": np.nan, "spending": np.nan}}
    write_comparison(made(gains, kpis=("profit_manufacturer", "spending")), {}, tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json" id="chart-data">(.*?)</script>', text, re.S)
    assert json.loads(data)["kpis"] == []
    assert "no value to compare" in text
