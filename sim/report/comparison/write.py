"""A comparison as files: manifest, tables, every outcome, pictures, the report and the decision card."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from sim._version import __version__
from sim.questions.compare import Comparison
from sim.report.comparison.card import card_of
from sim.report.comparison.card_page import card_figure, pdf_bytes
from sim.report.comparison.findings import Findings, find_out
from sim.report.comparison.listing import csv_tables
from sim.report.comparison.page import card_html, comparison_html
from sim.report.comparison.pictures import pictures_of
from sim.report.style import render
from sim.report.tables import write_csv, write_json, write_parquet

FORMAT: Final = 1


def write_comparison(
    comparison: Comparison,
    why: Mapping[str, pd.DataFrame],
    folder: Path,
    *,
    timings: Mapping[str, float] | None = None,
) -> None:
    """Write a comparison into a folder that the caller has made; the resolved scenario is the caller's to write.

    Files: manifest.json, a CSV file for each table, outcomes.parquet (every run), figures/*.png and *.svg, report.html,
    decision.html and decision.pdf.

    Parameters
    ----------
    why : strategy → table of `explain_gain` on the deciding KPI; empty when it was not asked.
    timings : seconds by stage, for the manifest and the report. Nothing else differs between two comparisons of the
        same scenario.
    """
    findings = find_out(comparison, why)
    for name, table in csv_tables(findings).items():
        write_csv(table, folder / f"{name}.csv")
    write_parquet(comparison.arms.outcomes, folder / "outcomes.parquet")
    drawn = []
    (folder / "figures").mkdir(exist_ok=True)
    for picture in pictures_of(findings):
        figure = picture.draw(findings)
        images = {kind: render(figure, kind) for kind in ("png", "svg")}
        for kind, content in images.items():
            (folder / "figures" / f"{picture.key}.{kind}").write_bytes(content)
        drawn.append((picture, images))
    card = card_of(findings)
    (folder / "decision.pdf").write_bytes(pdf_bytes(card_figure(card, findings)))
    _write(folder / "decision.html", card_html(findings, card))
    _write(folder / "report.html", comparison_html(findings, card, drawn, timings or {}))
    write_json(_manifest(findings, timings or {}), folder / "manifest.json")


def _write(file: Path, text: str) -> None:
    file.write_bytes(text.encode("utf-8"))


def _manifest(findings: Findings, timings: Mapping[str, float]) -> dict[str, Any]:
    comparison = findings.comparison
    return {
        "format": FORMAT,
        "version": __version__,
        "scenario": comparison.scenario.name,
        "question": comparison.scenario.comparison.question,
        "seed": int(comparison.manifest["seed"]),
        "replications": comparison.replications,
        "luck": comparison.luck,
        "baseline": comparison.baseline,
        "strategies": list(comparison.strategies),
        "kpis": list(comparison.kpis),
        "futures": comparison.futures,
        "stopping_rule": None if comparison.rule is None else dataclasses.asdict(comparison.rule),
        "budget_line": findings.budget_line,
        "budgets": [_plain(row) for row in findings.budgets.to_dict("records")],
        "timings_seconds": {k.removesuffix("_seconds"): float(v) for k, v in timings.items()},
    }


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row without NaN and infinity, which JSON does not know."""
    return {str(k): None if isinstance(v, float) and not np.isfinite(v) else v for k, v in row.items()}
