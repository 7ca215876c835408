"""Findings about platforms, distributors, rivals, learning, spare time and targets, each with its mechanism on.

The bands were stated before the first run. Where no source gives a number, the band says "assumption".
"""

# ruff: noqa: E501  (sentences for the page are kept whole)

from __future__ import annotations

import math
from typing import Any

import numpy as np

from studies.validation.findings import Finding, Results, Section, finding, of
from studies.validation.mechanisms import ATTACKED, BONUSES, DENSITIES, DISCOUNTS, OUTLOOKS, SHOPS_OF_TEAMS, TEAMS
from studies.validation.runs import Estimate, line

JOBS = tuple(f"mechanisms.{name}" for name in ("platform", "attention", "answers", "learning", "spare_time", "targets"))
NO_BONUS, BONUS = BONUSES
WITHOUT, WITH = "without a playbook", "with a playbook"
NEAR, FAR = 0.1, 0.35
"""How far from the target a month will end, as a share of it, that counts as near and as far."""


def _platform(r: Results) -> Section:
    job = JOBS[0]
    slope = of(r, job, lambda x: line(np.log(DENSITIES), np.log(x["a_unit"]))[0])
    part, thin = of(r, job, lambda x: x["of_revenue"][-1]), of(r, job, lambda x: x["of_revenue"][0])
    units = [of(r, job, lambda x, k=k: x["an_outlet"][k]) for k in (0, -1)]
    findings = [
        finding(
            "exponent of platform cost a unit in shops of the territory",
            slope,
            slope.text(),
            "−1.1 … −0.75: a fixed cost over what is sold, and a manager for each nine people (economies of density: Caves, Christensen & Tretheway 1984)",
            (-1.1, -0.75),
            (-1.3, 0.0),
            "Sales of a shop change with density, too.",
        ),
        finding(
            f"platform of our revenue with {DENSITIES[-1]:,} shops",
            part,
            part.percent(),
            "2–15 %: a part of the 15–30 % that selling and distribution cost (assumption)",
            (0.02, 0.15),
            (0.01, 0.3),
            "The shops of the default market are small: real outlets sell several times as much.",
        ),
    ]
    comment = (
        f"With {DENSITIES[0]} shops the platform takes {thin.percent(0)} of revenue. We sell {units[0].text(1)} units a shop and month with "
        f"{DENSITIES[0]} shops, and {units[1].text(1)} with {DENSITIES[-1]:,}."
    )
    intro = (
        f"One territory of 12 km radius with {', '.join(str(n) for n in DENSITIES)} shops, one advisor for 150 of them, and the posts behind them (`mechanisms.ground`) "
        "at their default pay; a quarter."
    )
    return Section("Platform and density", "platform", intro, findings, comment)


def _attention(r: Results) -> Section:
    job = JOBS[1]
    slope = of(r, job, lambda x: line(np.log(np.concatenate(x["share"])), np.log(np.concatenate(x["attention"])))[0])
    more = of(r, job, lambda x: float(np.mean(x["attention"][-1]) - np.mean(x["attention"][0])))
    share = of(r, job, lambda x: float(np.mean(x["share"][-1]) - np.mean(x["share"][0])))
    gain = {n: of(r, job, lambda x, n=n: x["sales"][n][-1] / x["sales"][n][0] - 1.0) for n in ("off", "on")}
    cut = f"{100 * DISCOUNTS[-1]:.0f} %"
    findings = [
        Finding(
            "slope of ln(attention) on ln(our share of the distributor's business)",
            slope.text(),
            "above 1: attention runs to the larger principal (Anderson, Lodish & Weitz 1987)",
            "built in" if slope.mean > 1.0 else "open",
            "" if slope.mean > 1.0 else "Attention is no more than in proportion.",
        ),
        finding(
            f"attention gained by a discount of {cut}, percentage points",
            more,
            more.percent(),
            "positive, at most 40 (assumption)",
            (0.005, 0.4),
            (0.0, 0.6),
            "A discount moves too small a part of what all principals bring.",
        ),
        finding(
            f"our sales with a discount of {cut}, after half a year",
            gain["on"],
            gain["on"].percent(),
            "+0.5 … +15 %: by what a distributor does for us, since prices on the shelf stay (assumption)",
            (0.005, 0.15),
            (0.0, 0.3),
            "More drops and calls of the house's salesmen find little that is not sold already.",
        ),
    ]
    comment = (
        f"The discount raises our share of the business by {share.percent()} of it. With the mechanism off it changes sales by {gain['off'].percent(2)}: "
        "there a distributor keeps the money and does the same as before."
    )
    intro = (
        f"Six distributors of ours in three territories (`mechanisms.distributor_companies`), a year with discounts of {', '.join(f'{100 * d:.0f} %' for d in DISCOUNTS)} "
        "on the same luck; share of business and attention at its end, sales of its second half."
    )
    return Section("A distributor's attention", "attention", intro, findings, comment)


def _answers(r: Results) -> Section:
    job = JOBS[2]

    def rate(name: str, where: str) -> Estimate:
        return of(r, job, lambda x: x[name][where])

    peace, war, beside, same = (rate("on", where) for where in ("peace", "war", "beside", "same"))
    more = of(r, job, lambda x: x["on"]["war"] - x["on"]["peace"])
    passive = "the usual answer is none (Steenkamp, Nijs, Hanssens & Dekimpe 2005)"
    findings = [
        finding(
            "answers of a rival in a territory and month, without an attack",
            peace,
            peace.percent(),
            f"at most 4 %: {passive}; the size is an assumption",
            (0.0, 0.04),
            (0.0, 0.1),
            "Rivals mistake noise in the shares that they see for a loss.",
        ),
        finding(
            "the same, where our prices are a tenth lower",
            war,
            war.percent(),
            f"3–50 %: {passive}",
            (0.03, 0.5),
            (0.0, 0.7),
            "Rivals see the attack late, or answer nearly always.",
        ),
        finding(
            "with the attack less without",
            more,
            more.percent(),
            "above 1 %",
            (0.01, 0.5),
            (0.0, 0.7),
            "The attack wakes hardly anybody who would not have answered anyway.",
        ),
        finding(
            "part of these answers that are price cuts",
            same,
            same.percent(0),
            "above half: who answers uses the same instrument (same source)",
            (0.5, 1.0),
            (0.25, 1.0),
            "The instrument does not follow ours.",
        ),
    ]
    comment = (
        f"In the territories that we leave alone the same rivals answer in {beside.percent()} of the months. With the mechanism off, when only a loss of share beyond the threshold counts, "
        f"it is {rate('off', 'peace').percent()} in peace and {rate('off', 'war').percent()} under attack."
    )
    intro = (
        f"Three rivals who follow (`temperament: follower`) in six territories, for a year (`mechanisms.rival_companies`); on the same luck all our prices are a tenth lower in {ATTACKED} of them. "
        "Rivals do not retreat here, so that the number of looks stays the same. An answer lasts two months, in which none begins."
    )
    return Section("Rivals' answers", "answers", intro, findings, comment)


def _learning(r: Results) -> Section:
    job = JOBS[3]

    def head_start(x: Any, what: str, name: str) -> float:
        """What the second territories begin with, of what the first learned in a year."""
        year = x[name][f"year {what}"]
        return float((x[name][f"second {what}"][0] - year[0]) / (year[-1] - year[0]))

    def progress(x: Any) -> float:
        year = np.array(x[WITHOUT]["year knowledge"])[1:]
        return float(2.0 ** -line(np.log(np.arange(1, year.shape[0] + 1)), np.log(year))[0])

    def later(x: Any, name: str) -> float:
        return float(x[name]["second knowledge"][-1] - x[name]["first knowledge"][-1])

    starts = {name: of(r, job, lambda x, n=name: head_start(x, "knowledge", n)) for name in (WITHOUT, WITH)}
    true = of(r, job, lambda x: x[WITH]["second efficiency"][0] - x[WITH]["first efficiency"][0])
    ahead = of(r, job, lambda x: later(x, WITH))
    ratio = of(r, job, progress)
    first = of(r, job, lambda x: x[WITH]["year efficiency"][0])
    last = of(r, job, lambda x: x[WITH]["year efficiency"][-1])
    told = "units of one firm begin with a part of what others learned (Darr, Argote & Epple 1995)"
    findings = [
        finding(
            "work for the same result when experience doubles (progress ratio)",
            ratio,
            ratio.text(),
            "0.70–0.95; 0.8 is typical (Argote & Epple 1990)",
            (0.7, 0.95),
            (0.5, 0.999),
            "The first month teaches most of what a programme of this novelty can teach; later ones add little.",
        ),
        finding(
            "known at the second territories' start, of what the first learned in a year, no playbook",
            starts[WITHOUT],
            starts[WITHOUT].percent(0),
            f"10–80 %: {told}; the size is an assumption",
            (0.1, 0.8),
            (0.0, 1.0),
            "What is learned is too much of its own territory to be told.",
        ),
        finding(
            "the same with a playbook",
            starts[WITH],
            starts[WITH].percent(0),
            "more than without; an exact template carries further (Winter & Szulanski 2001)",
            (starts[WITHOUT].mean + 0.01, 1.0),
            (starts[WITHOUT].mean, 1.2),
            "The playbook tells hardly more than people do anyway.",
        ),
        finding(
            "true efficiency of the second at the start less the first's, with a playbook",
            true,
            true.text(),
            "positive, at most 0.4 (assumption)",
            (0.01, 0.4),
            (0.0, 0.5),
            "Chance among few territories is as large as what is told.",
        ),
        finding(
            "second less first after the same months of work, as believed, with a playbook",
            ahead,
            ahead.text(3),
            "positive: the lead of experience is not lost at once (assumption)",
            (0.005, 0.3),
            (-0.005, 0.4),
            "Own looks soon teach more than what was told.",
        ),
    ]
    comment = f"In truth the first territory's work achieves {first.percent(0)} of a mastered programme's on the first day, and {last.percent(0)} a year later."
    intro = (
        "Four equal territories with a programme of the default novelty (`mechanisms.programme`). One advisor works in the first from day 0; one in each of the other three is hired after half a year. "
        "*Known* is what the head office expects its work to achieve against a mastered programme, on average over what it cannot know."
    )
    return Section("Learning of the second territory", "learning", intro, findings, comment)


def _spare_time(r: Results) -> Section:
    job = JOBS[4]
    usual = TEAMS.index(2)

    def elastic(x: Any, name: str, what: str) -> float:
        return line(np.log(TEAMS), np.log(x[name][what]))[0]

    idle = {n: of(r, job, lambda x, n=n: x[n]["idle"][usual]) for n in ("off", "on")}
    many = {n: of(r, job, lambda x, n=n: x[n]["idle"][-1]) for n in ("off", "on")}
    calls = {n: of(r, job, lambda x, n=n: elastic(x, n, "calls")) for n in ("off", "on")}
    found = of(r, job, lambda x: x["on"]["found"][-1])
    findings = [
        finding(
            f"idle share, {SHOPS_OF_TEAMS // 2} shops an advisor",
            idle["on"],
            idle["on"].percent(),
            "at most 15 %, where an advisor has 150–300 shops",
            (0.0, 0.15),
            (0.0, idle["off"].mean),
            "Calls are limited to 40 a day (`team.visit.max_calls_per_day`) and to half of a shop's interval; the survey takes 15 minutes.",
        ),
        finding(
            "elasticity of calls to the number of advisors",
            calls["on"],
            calls["on"].text(),
            "0.5–1: more people do more work, with less and less left to do (assumption)",
            (0.5, 1.0),
            (calls["off"].mean, 1.2),
            "A shop is called on no earlier than half of its interval (`team.tasks.early_share`), so that a few people do all calls there are.",
        ),
        finding(
            "idle share, mechanism off less on, 50 shops an advisor",
            of(r, job, lambda x: x["off"]["idle"][-1] - x["on"]["idle"][-1]),
            of(r, job, lambda x: x["off"]["idle"][-1] - x["on"]["idle"][-1]).percent(),
            "positive: spare time finds work",
            (0.01, 1.0),
            (0.0, 1.0),
            "There is no work left to find.",
        ),
    ]
    comment = (
        f"With the mechanism off, {idle['off'].percent()} of the day is idle at {SHOPS_OF_TEAMS // 2} shops an advisor, and calls grow with advisors to the power of {calls['off'].text()}. "
        f"At {SHOPS_OF_TEAMS // TEAMS[-1]} shops an advisor {many['off'].percent()} (off) and {many['on'].percent()} (on) of the day is idle; {TEAMS[-1]} advisors find {found.text(1)} unknown shops a month."
    )
    intro = f"One territory with {SHOPS_OF_TEAMS} shops and {', '.join(str(n) for n in TEAMS)} advisors with the usual visit intervals, two months, with `mechanisms.task_minutes` off and on."
    return Section("Spare time and people", "spare-time", intro, findings, comment)


def _binned(x: Any, when: str, near: bool) -> float:
    """Mean effort of outlooks near the target, or far below it."""
    middle = (OUTLOOKS[:-1] + OUTLOOKS[1:]) / 2.0
    chosen = np.abs(middle) <= NEAR if near else middle < -FAR
    kept = [e for e, is_in in zip(x[BONUS][when], chosen, strict=True) if is_in and e is not None]
    return float(np.mean(kept)) if kept else math.nan


def _targets(r: Results) -> Section:
    job = JOBS[5]
    near, far = (of(r, job, lambda x, n=n: _binned(x, "late", n)) for n in (True, False))
    early = of(r, job, lambda x: _binned(x, "early", near=True))
    late = of(r, job, lambda x: x[BONUS]["late_orders"] - x[NO_BONUS]["late_orders"])
    reached = of(r, job, lambda x: x[BONUS]["reached"] - x[NO_BONUS]["reached"])
    calls = of(r, job, lambda x: x[BONUS]["calls"] / x[NO_BONUS]["calls"] - 1.0)
    usual, attained = of(r, job, lambda x: x[NO_BONUS]["reached"]), of(r, job, lambda x: x[NO_BONUS]["attained"])
    findings = [
        Finding(
            "effort in the last ten days, near the target (within a tenth)",
            near.text(),
            f"more than far below it ({far.text()}): people work for a bonus that is within reach (Oyer 1998)",
            "built in" if near.mean > far.mean else "open",
            "" if near.mean > far.mean else "Effort does not follow the distance.",
        ),
        finding(
            "the same, last ten days less the days before",
            of(r, job, lambda x: _binned(x, "late", near=True) - _binned(x, "early", near=True)),
            of(r, job, lambda x: _binned(x, "late", near=True) - _binned(x, "early", near=True)).text(3),
            "positive: the nearer the end, the more (Oyer 1998)",
            (0.005, 0.5),
            (-0.005, 0.5),
            "In the rule of effort a bonus counts only for the part r of the month that is left, and the sharper outlook (1/√r) makes up for half of that only: at the same outlook effort falls with √r.",
        ),
        finding(
            "share of orders in the last ten days of thirty, with a bonus less without",
            late,
            late.percent(2),
            "positive, at most 5 % (assumption)",
            (0.0005, 0.05),
            (-0.005, 0.1),
            "More pace finds no more orders: the calls that are due are made either way.",
        ),
        finding(
            "months in which an advisor reaches the target, with a bonus less without",
            reached,
            reached.percent(),
            "positive, at most 20 % (assumption)",
            (0.005, 0.2),
            (-0.01, 0.4),
            "Luck of orders is larger than what effort moves.",
        ),
    ]
    comment = (
        f"Without a bonus the target is reached in {usual.percent(0)} of the months, and the median advisor gets to {attained.percent(0)} of it. With it there are {calls.percent()} more calls. "
        f"In the first twenty days effort near the target is {early.text()}."
    )
    intro = (
        "Six advisors whose targets act (`mechanisms.targets_act`), for a year without and with a bonus of half a month's wage, on the same luck. "
        "The outlook is what is written plus the part of the month that is left, against the target."
    )
    return Section("Effort and targets", "targets", intro, findings, comment)


MAKERS = dict(zip(JOBS, (_platform, _attention, _answers, _learning, _spare_time, _targets), strict=True))
