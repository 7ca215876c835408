"""Findings about field work, elasticities and the trap of confounding."""

# ruff: noqa: E501  (sentences for the page are kept whole)

from __future__ import annotations

from typing import Any

import numpy as np

from studies.validation.fieldplots import blocks
from studies.validation.findings import Finding, Results, Section, finding, of
from studies.validation.runs import Estimate, line


def _lost_advisor(r: Results) -> Section:
    job = "fieldwork.lost_advisor"

    def ratio(way: str, what: str, block: int) -> Estimate:
        return of(r, job, lambda x: blocks(x[way][f"{what}_lost"])[block] / blocks(x[way][f"{what}_kept"])[block] - 1.0)

    vacant, handed, broken = r[job][0]
    first, second = ratio(handed, "advised", 0), ratio(broken, "advised", 0)
    empty, deliveries = ratio(vacant, "advised", 0), ratio(vacant, "sell_in", 0)
    back, later = ratio(handed, "advised", 2), ratio(broken, "advised", 2)
    sales = of(r, job, lambda x: np.sum(x[vacant]["sales_lost"]) / np.sum(x[vacant]["sales_kept"]) - 1.0)
    personal = of(r, job, lambda x: x[handed]["personal"])
    relation = of(r, job, lambda x: x[handed]["relation"])
    fall, why = (
        (-0.72, -0.46),
        (
            f"The mean relation of the patch is {relation.mean:.2f}, of which {personal.percent(0)} hangs on the person, and a shop accepts a quarter of all "
            "proposals without any relation. So a broken tie can't cut orders by more than about a third."
        ),
    )
    findings = [
        finding(
            "orders at calls, first 4 weeks, post vacant for 30 days",
            empty,
            empty.percent(),
            "−100 %: nobody calls",
            (-1.0, -0.9),
            (-1.0, -0.5),
        ),
        finding(
            "orders at calls, first 4 weeks, successor at once, no handover",
            second,
            second.percent(),
            "−46 … −72 %",
            fall,
            (-0.9, -0.03),
            why,
        ),
        finding(
            "orders at calls, first 4 weeks, successor at once, formal handover",
            first,
            first.percent(),
            "smaller than without handover",
            (second.mean + 0.02, 0.0),
            (second.mean, 0.0),
            why,
        ),
        finding(
            "orders at calls, weeks 9–12 (after two full rounds), formal handover",
            back,
            back.percent(),
            "recovered in about 3 cycles (within 5 %)",
            (-0.05, 0.05),
            (first.mean + 0.01, 0.05),
            "Recovery has begun, but is slower than three cycles, because a new advisor starts with less skill and ties grow by about a tenth a call.",
        ),
    ]
    comment = (
        f"Deliveries to the patch fall by less than advised orders ({deliveries.percent()} in the first four weeks of a vacancy), because shops go on ordering by themselves; "
        f"sales to consumers lose {sales.percent()} over the whole half year. Without a handover, weeks 9–12 stand at {later.percent()}. "
        "A cycle is the round of calls: one, two or four weeks by class of shop."
    )
    intro = "One advisor goes on the first measured morning. Three ways of filling the post, each against the same market and luck in which the advisor stays."
    return Section("A lost advisor", "lost-advisor", intro, findings, comment)


def _visits(r: Results) -> Section:
    job = "fieldwork.visit_curve"

    def marginal(x: Any, more: int, less: int) -> float:
        return float(np.log(x["sales"][more] / x["sales"][less]) / np.log(x["calls"][more] / x["calls"][less]))

    whole = of(r, job, lambda x: x["sales"][2] / x["sales"][-1] - 1.0)
    low, middle, high = (of(r, job, lambda x, a=a, b=b: marginal(x, a, b)) for a, b in ((4, 5), (2, 4), (0, 2)))
    per_call = of(
        r,
        job,
        lambda x: (
            (x["sales"][0] - x["sales"][2])
            / (x["calls"][0] - x["calls"][2])
            / ((x["sales"][2] - x["sales"][-1]) / (x["calls"][2] - x["calls"][-1]))
        ),
    )
    findings = [
        finding(
            "gain per call above the usual frequency / gain per call up to it",
            per_call,
            per_call.text(),
            "below 1",
            (-0.2, 0.8),
            (-0.2, 1.0),
        ),
        finding(
            "sales at the usual frequency against no visits at all",
            whole,
            whole.percent(),
            "positive",
            (0.02, 3.0),
            (0.0, 3.0),
        ),
    ]
    comment = (
        f"The first calls are worth about the same each; beyond them a further call adds less and less, down to a fraction. Without any call our sales would be lower by {100 * whole.mean / (1 + whole.mean):.0f} %. "
        f"The elasticity between neighbouring levels is {low.text()} from very few calls, {middle.text()} up to the usual frequency, and {high.text()} beyond it."
    )
    intro = (
        "Visit intervals are multiplied by 0.5, 0.7, 1, 2, 4, 8 and 100, the last being no visits. There are 8 advisors instead of 2, so that the highest frequency finds the time. "
        "Sales are those of the last half year."
    )
    return Section("Diminishing returns of visits", "visits", intro, findings, comment)


def _travel(r: Results) -> Section:
    job = "fieldwork.travel"
    dense, sparse = of(r, job, lambda x: x["share"][0]), of(r, job, lambda x: x["share"][-1])
    calls = of(r, job, lambda x: x["calls"][2])
    usual = of(r, "shoppers.default_market", lambda x: x["market"]["calls"])
    driven = of(r, "shoppers.default_market", lambda x: x["market"]["travel"])
    lost = of(r, job, lambda x: x["calls"][-1] / x["calls"][0] - 1.0)
    minutes = of(r, job, lambda x: x["minutes"][2])
    growth = of(
        r,
        job,
        lambda x: float(
            np.log(x["share"][2] / (1 - x["share"][2]) / (x["share"][0] / (1 - x["share"][0]))) / np.log(4.0)
        ),
    )
    findings = [
        finding(
            "travel share of the day, radius 24 km minus 3 km",
            of(r, job, lambda x: x["share"][-1] - x["share"][0]),
            of(r, job, lambda x: x["share"][-1] - x["share"][0]).percent(),
            "positive",
            (0.05, 1.0),
            (0.0, 1.0),
        ),
        finding("calls a day, radius 24 km against 3 km", lost, lost.percent(), "negative", (-0.9, -0.02), (-0.9, 0.0)),
        finding(
            "travel per call grows with radius to the power of",
            growth,
            growth.text(),
            "1: tour length ∝ √area",
            (0.75, 1.15),
            (0.4, 1.5),
        ),
        finding(
            "calls of a full day, radius 12 km",
            calls,
            calls.text(1),
            "15–25 typical, up to 40 when optimised; routes are optimised here",
            (15, 40),
            (8, 40),
        ),
        Finding("minutes a call", minutes.text(1), "about 10", "built in"),
        finding(
            "calls a day in the larger default market",
            usual,
            usual.text(1),
            "15–25 typical",
            (15, 25),
            (10, 40),
            "The default advisors have fewer calls due than a full day holds: only known shops are due, and large ones take longer.",
        ),
    ]
    comment = f"The advisor drives {dense.percent(0)} of the working time in the densest territory and {sparse.percent(0)} in the sparsest; in the larger default market {driven.percent(0)}. The most calls of a day are limited to 40, which binds in the two densest."
    intro = "One territory of 300 shops, one advisor with more due calls than time. Towns spread with the radius."
    return Section("Travel and density", "travel", intro, findings, comment)


def _elasticities(r: Results) -> Section:
    paired, low = "elasticities.paired", "elasticities.from_few_visits"
    days = r[paired][0]["days"]

    def row(
        job: str,
        key: str,
        name: str,
        k: int,
        published: str,
        accept: tuple[float, float],
        partly: tuple[float, float],
        why: str = "",
    ) -> Finding:
        e = of(r, job, lambda x: x[key][k])
        return finding(
            f"{name}, first {days[k]} days", e, f"{e.text()}, interval {e.interval()}", published, accept, partly, why
        )

    saturated = (
        "At weekly visits to large shops the effect is nearly saturated: shelves stay tidy between calls, most shops that would list us do so already, "
        "and shops order by themselves between calls. Halving shows more than doubling. The published mean is for the effort of whole sales forces, often "
        "towards customers who buy only through them."
    )
    slow = (
        "From few visits the effect is larger, but it builds up over half a year and more, through relations, listings and habit. "
        "Halving few visits costs less than doubling them brings, because relations and shelves have faded already."
    )
    findings = [
        row(
            paired,
            "price",
            "own price",
            k,
            "−2.62 (accept −3.2 … −2.1)",
            (-3.2, -2.1),
            (-4.5, -1.0),
            "The first weeks are damped by habit and by shelves that run empty.",
        )
        for k in range(len(days))
    ]
    for k, d in enumerate(days):
        goal, accept = (
            ("0.12 short-run (accept 0.08–0.16)", (0.08, 0.16))
            if d <= 90
            else ("0.24 long-run (accept 0.18–0.30)", (0.18, 0.30))
        )
        findings.append(
            row(
                paired,
                "advertising",
                "advertising",
                k,
                goal,
                accept,
                (0.02, 0.4),
                "Goodwill halves in about 99 days, so four weeks show only a third of the response of a quarter.",
            )
        )
    space = of(r, "elasticities.shelf_space", lambda x: x["elasticity"])
    findings.append(
        finding(
            "shelf space (share of facings), first 90 days",
            space,
            f"{space.text()}, interval {space.interval()}",
            "0.17 (accept 0.13–0.21)",
            (0.13, 0.21),
            (0.05, 0.3),
            "More room for us is less for rivals, and habit adds to the effect over the weeks; the coefficient δ of 0.19 does not allow for either.",
        )
    )
    long = [k for k, d in enumerate(days) if d >= 90]
    for job, text in ((paired, "from weekly visits"), (low, "from intervals of 28, 56 and 112 days")):
        why = saturated if job == paired else slow
        for key in ("visits doubled", "visits halved"):
            findings += [
                row(job, key, f"{key}, {text}", k, "0.34 (accept 0.25–0.43)", (0.25, 0.43), (0.02, 0.25), why)
                for k in long[1:] or long
            ]
            late = of(r, job, lambda x, key=key: x[f"{key}, late"])
            findings.append(
                finding(
                    f"{key}, {text}, second half of the run",
                    late,
                    f"{late.text()}, interval {late.interval()}",
                    "0.34 (accept 0.25–0.43)",
                    (0.25, 0.43),
                    (0.02, 0.25),
                    why,
                )
            )
    frozen = of(
        r,
        "channel.distribution_path",
        lambda x: line(np.log(x["frozen"]["distribution"]), np.log(x["frozen"]["share"]))[0],
    )
    findings.append(
        finding(
            "distribution (listings alone)",
            frozen,
            f"{frozen.text()}, interval {frozen.interval()}",
            "near 1 or above",
            (0.85, 2.0),
            (0.5, 3.0),
        )
    )
    up, down = of(r, paired, lambda x: x["visits doubled, calls"]), of(r, paired, lambda x: x["visits halved, calls"])
    comment = (
        f"The elasticity of visits divides by the change of calls that were really made: × {up.mean:.2f} when the intervals are halved (two advisors run out of time) and × {down.mean:.2f} when they are doubled. "
        "Effects of visits build up slowly through relations, listings and habit: the second half of a year shows more than the first months. "
        "Published values: own price Bijmolt, van Heerde & Pieters 2005; advertising Sethuraman, Tellis & Briesch 2011; personal selling Albers, Mantrala & Sridhar 2010; shelf space Eisend 2014."
    )
    intro = (
        "Each elasticity is ln(sales ratio) / ln(lever ratio) of a paired run. Price: a cut of 5 % on our products. Advertising: doubled. Visits: intervals halved or doubled, "
        "from the usual 7, 14 and 28 days and from 28, 56 and 112 days. Shelf space: our shelf weight is held a quarter above that of the same market without, every morning."
    )
    return Section(
        "Implied elasticities: own price, advertising, visits, shelf space, distribution",
        "elasticities",
        intro,
        findings,
        comment,
    )


def _confounding(r: Results) -> Section:
    job = "confounding.calls_follow_potential"
    naive, fixed, truth = (of(r, job, lambda x, k=k: x["elasticity"][k]) for k in ("naive", "fixed", "truth"))
    units = {k: of(r, job, lambda x, k=k: x["units"][k]) for k in ("naive", "fixed", "truth")}
    over = of(r, job, lambda x: x["elasticity"]["naive"] / x["elasticity"]["truth"])
    gap = of(r, job, lambda x: x["elasticity"]["fixed"] - x["elasticity"]["truth"])
    months = of(r, job, lambda x: x["months"])
    findings = [
        finding(
            "naive cross-section of shops: elasticity",
            naive,
            naive.text(),
            "several times the truth",
            (2 * truth.mean, 20.0),
            (1.2 * truth.mean, 20.0),
        ),
        finding("naive / truth", over, over.text(1), "several-fold (above 2)", (2.0, 30.0), (1.2, 60.0)),
        finding(
            "fixed effects of shops: elasticity",
            fixed,
            fixed.text(),
            f"the truth, {truth.text()}",
            (truth.mean - 0.08, truth.mean + 0.08),
            (0.0, 0.6),
            "Shops of different classes also grow differently.",
        ),
        finding(
            "fixed effects minus truth",
            gap,
            f"{gap.text(3)}, interval {gap.interval(3)}",
            "0 within the interval",
            (-0.08, 0.08),
            (-0.2, 0.2),
        ),
    ]
    comment = (
        f"Advisors call where sales are large, so shops with more calls sell more for another reason. The naive line credits a call with {units['naive'].text(0)} units, "
        f"fixed effects with {units['fixed'].text(1)}, and the truth is {units['truth'].text(1)}. Comparing each shop with itself recovers the effect, "
        "provided that visits change for reasons that have nothing to do with sales. The program's own effect estimates come from paired runs and do not fall for this. "
        f"Fixed effects alone are no cure: shops compared with themselves from month to month under the unchanged plan credit a call with {months.text(1)} units. "
        "Why was not examined; it differs between sizes of market, and in smaller ones it lay below the truth. The honest design is a change of plan that owes nothing to sales, kept up for long."
    )
    intro = (
        "600 shops in six territories with 12 advisors. In the second half of the year a planner halves, keeps or doubles the visit intervals by territory and class in a balanced pattern. "
        "Naive: sales on calls between shops under the usual plan. Fixed effects: change of sales on change of calls within shops. Truth: the same shops on the same luck with and without the change."
    )
    return Section("The trap: calls follow potential", "confounding", intro, findings, comment)


MAKERS = (_lost_advisor, _visits, _travel, _elasticities, _confounding)
