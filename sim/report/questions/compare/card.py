"""What stands on the decision card: one page, the same content for the browser and for paper."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from sim.report.assumptions import assumption_lists
from sim.report.questions.compare.findings import PROFIT, SHARE, Findings
from sim.report.questions.compare.money import Interval, cash_need, day_words, headcount, present_value
from sim.report.questions.compare.words import (
    Recommendation,
    chance_words,
    detectable_words,
    difference_words,
    recommend,
    shown,
    span,
)
from sim.report.words import amount, kpi_words, number, size_of
from sim.scenario.futures import PRESENT
from sim.statistics.paired import NO_DIFFERENCE

MOST_SECTIONS = 8
MOST_CHANGES = 9


@dataclass(frozen=True)
class Card:
    """The texts of a decision card.

    Attributes
    ----------
    budget : the budget line.
    title : name of the scenario.
    question : the board's question.
    about : the strategy that the facts are about.
    facts : (what, value, how sure) of that strategy.
    changes : what would change the answer.
    evidence : which assumptions stand without evidence.
    foot : seed, version, replications.
    """

    budget: str
    title: str
    question: str
    recommendation: Recommendation
    about: str
    facts: tuple[tuple[str, str, str], ...]
    changes: tuple[str, ...]
    evidence: str
    foot: str


def card_of(findings: Findings) -> Card:
    """Return the card of a comparison."""
    comparison, found = findings.comparison, recommend(findings)
    scenario, strategy = comparison.scenario, shown(findings, found)
    question = scenario.comparison.question or scenario.description or f"Which strategy for {scenario.name}?"
    foot = (
        f"{comparison.replications} replications on {comparison.luck} luck, root seed {comparison.manifest['seed']}, "
        f"{scenario.calendar.duration_days} days from {scenario.calendar.start_date.isoformat()}. Intervals are 95 %: "
        "they allow for luck, not for assumptions that are wrong."
    )
    return Card(
        budget=findings.budget_line,
        title=scenario.name,
        question=question,
        recommendation=found,
        about=strategy,
        facts=tuple(_facts(findings, strategy)),
        changes=tuple(_changes(findings, strategy, found)),
        evidence=_evidence(findings),
        foot=foot,
    )


def _facts(findings: Findings, strategy: str) -> list[tuple[str, str, str]]:
    comparison = findings.comparison
    currency, rate = comparison.scenario.currency, comparison.scenario.comparison.discount_rate_per_year
    row, deciding = findings.row(findings.deciding, strategy), kpi_words(findings.deciding).lower()
    advisors, of_baseline = (_two(headcount(comparison, name)) for name in (strategy, comparison.baseline))
    value = f"Present value of the extra cash, at {100 * rate:g} % a year"
    return [
        (f"Effect on {deciding}", difference_words(row, currency), _sure(span(row, currency), int(row["n"]))),
        ("Verdict", str(row["verdict"]), _would_be_seen(row, currency)),
        ("Chance to be the best", *_chance(findings, strategy)),
        (value, *_money(present_value(comparison, strategy), currency, signed=True)),
        ("Peak need of extra cash", *_money(cash_need(comparison, strategy), currency)),
        ("Advisors, mean and peak", advisors, f"{comparison.baseline}: {of_baseline}"),
        *_pay_back(findings, strategy),
    ]


def _two(numbers: tuple[float, float]) -> str:
    return ", ".join(map(number, numbers))


def _sure(interval: str, n: int) -> str:
    return f"95 %: {interval}; n = {n}" if interval else f"n = {n}"


def _would_be_seen(row: pd.Series, currency: str) -> str:
    if row["identical"] or row["verdict"] != NO_DIFFERENCE:
        return "equal in every replication" if row["identical"] else ""
    seen = detectable_words(row, currency)
    return f"{seen} would have been seen" if seen else ""


def _chance(findings: Findings, strategy: str) -> tuple[str, str]:
    rows = findings.chances[findings.chances["strategy"] == strategy]["chance"].dropna()
    among = f"among {len(findings.comparison.strategies)} strategies"
    return (chance_words(float(rows.iloc[0])), among) if len(rows) else ("unknown", "")


def _money(value: Interval, currency: str, *, signed: bool = False) -> tuple[str, str]:
    words = amount(value.mean, PROFIT, currency, signed=signed)
    between = "" if math.isnan(value.low) else f"{number(value.low)} … {number(value.high)} {currency}"
    return words, _sure(between, value.n)


def _pay_back(findings: Findings, strategy: str) -> list[tuple[str, str, str]]:
    """Return the pay-back day on cash and on profit."""
    found = []
    table = findings.payback[findings.payback["strategy"] == strategy]
    for _, row in table[::-1].iterrows():
        low, high = (day_words(findings.comparison, float(row[c])) for c in ("low", "high"))
        interval = "" if math.isnan(float(row["low"])) or low == high else f"95 %: {low} … {high}; "
        paid = f"{100 * float(row['share_paid_back']):.0f} % of replications pay back"
        words = day_words(findings.comparison, float(row["median"]))
        found.append((f"Pay-back in {row['measure']} (median)", words, interval + paid))
    return found


def _changes(findings: Findings, strategy: str, found: Recommendation) -> list[str]:
    """Return what speaks against the strategy, or could turn the answer."""
    currency = findings.currency
    answer = found.strategy or strategy
    lines = [*_other_futures(findings, answer), *_regret(findings, answer)]
    for table in (findings.differences, findings.side_effects):
        worse = table[(table["strategy"] == strategy) & (table["verdict"] == "worse")]
        lines += [
            f"{kpi_words(str(r['kpi']))} is worse: {difference_words(r, currency)} (95 %: {span(r, currency)})."
            for _, r in worse.iterrows()
        ]
    lines += _other_efficient(findings, strategy)
    if not lines:
        return ["No KPI is worse than the baseline's, and no other future was tried."]
    return lines if len(lines) <= MOST_CHANGES else [*lines[:MOST_CHANGES], f"And {len(lines) - MOST_CHANGES} more."]


def _other_futures(findings: Findings, strategy: str) -> list[str]:
    """Say in which futures another strategy than the answer is the best."""
    table, currency = findings.regrets, findings.currency
    own = table[(table["strategy"] == strategy) & (table["regret"] > 0)]
    lines = []
    for _, row in own.iterrows():
        loss = size_of(float(row["regret"]), findings.deciding, currency)
        where = "In the stated world" if row["future"] == PRESENT else f"In the future “{row['future']}”"
        sure = "" if float(row["low"]) > 0 else ", which may be luck"
        lines.append(f"{where} {row['best']} is the best: {strategy} loses {loss} against it{sure}.")
    if len(table) and not lines:
        lines.append(f"{strategy} is the best in each of the {table['future'].nunique()} futures tried.")
    return lines


def _regret(findings: Findings, strategy: str) -> list[str]:
    table = findings.least_worst.dropna(subset=["worst_regret"])
    if table.empty or strategy not in set(table["strategy"]):
        return []
    first, own = table.iloc[0], table[table["strategy"] == strategy].iloc[0]
    if own["worst_regret"] <= first["worst_regret"]:
        return [f"{strategy} has the least worst regret over the futures."]
    texts = [size_of(float(r["worst_regret"]), findings.deciding, findings.currency) for r in (first, own)]
    return [f"{first['strategy']} has the least worst regret ({texts[0]}; {strategy}: {texts[1]})."]


def _other_efficient(findings: Findings, strategy: str) -> list[str]:
    table = findings.tradeoff[findings.tradeoff["efficient"].astype(bool)]
    own = findings.tradeoff[findings.tradeoff["strategy"] == strategy].iloc[0]
    equal = (table[[PROFIT, SHARE]] == own[[PROFIT, SHARE]]).all(axis=1)
    others = [str(s) for s in table.loc[~equal, "strategy"]]
    if own["dominated_by"]:
        return [f"On average {own['dominated_by']} has no less market share and profit, and more of one."]
    if not others or not own["efficient"]:
        return []
    return [f"Who weighs market share and profit differently may prefer {', '.join(others)}: efficient as well."]


def _evidence(findings: Findings) -> str:
    """Say how many fields keep a default without evidence, and in which parts of the scenario."""
    fields = assumption_lists(findings.comparison.scenario)
    kept = fields["assumed"]
    counts = Counter(a.path.split(".")[0] for a in kept)
    most = counts.most_common(MOST_SECTIONS)
    where = ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in most)
    rest = len(kept) - sum(n for _, n in most)
    more = f", others {rest}" if rest else ""
    return (
        f"{len(kept)} fields of the scenario keep a default without evidence ({where}{more}); "
        f"{len(fields['overridden'])} such fields have values of the scenario's own. All of them are in report.html."
    )
