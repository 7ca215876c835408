"""Findings about consumers, shops and the channel."""

# ruff: noqa: E501  (sentences for the page are kept whole)

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.validation.findings import Finding, Results, Section, finding, of
from studies.validation.runs import Estimate, line


def _jeopardy(r: Results) -> Section:
    wide, many = "shoppers.default_market", "shoppers.many_brands"
    window = "28"
    four = of(r, wide, lambda x: x["jeopardy"][window]["slope"])
    twelve = of(r, many, lambda x: x["jeopardy"][window]["slope"])
    theory = of(r, wide, lambda x: x["jeopardy"][window]["theory"])
    theory_12 = of(r, many, lambda x: x["jeopardy"][window]["theory"])
    longer = max((w for w in r[many][0]["jeopardy"] if int(w) <= 91), key=int)
    quarter = of(r, many, lambda x: x["jeopardy"][longer]["slope"])
    theory_quarter = of(r, many, lambda x: x["jeopardy"][longer]["theory"])
    often = (
        "The panel's households buy the category 1.5 times a week, more often than those of most categories in the data. Large brands then reach "
        "half of all households within four weeks and most of them within a quarter, and Ehrenberg's law itself is steep at such penetrations. "
        "The slope follows the law, not the figure 0.34, which belongs to lower penetrations."
    )
    small = of(r, many, lambda x: _spread(x["jeopardy"][window]["frequency_free"]))
    loyalty = of(r, many, lambda x: x["jeopardy"][window]["requirements_slope"])
    own = of(r, many, lambda x: max(x["jeopardy"][window]["requirements"]) - min(x["jeopardy"][window]["requirements"]))
    findings = [
        finding(
            "slope of ln(purchases per buyer) on ln(penetration), 12 brands, four weeks",
            twelve,
            twelve.text(),
            "0.34 (accept 0.2–0.5)",
            (0.2, 0.5),
            (0.05, 1.5),
        ),
        finding(
            "slope, 12 brands, over a quarter",
            quarter,
            quarter.text(),
            f"0.34; Ehrenberg's law at these penetrations: {theory_quarter.mean:.2f}",
            (0.2, 0.5),
            (0.05, 3.0),
            often,
        ),
        finding(
            "slope, default market of 4 brands, four weeks",
            four,
            four.text(),
            f"0.34; Ehrenberg's law at these penetrations: {theory.mean:.2f}",
            (0.2, 0.5),
            (0.05, 1.5),
            often,
        ),
        finding(
            "how far frequency × (1 − penetration) varies between the 12 brands (coefficient of variation)",
            small,
            small.percent(),
            "0 under Ehrenberg's law; below 15 % accepted",
            (0.0, 0.15),
            (0.0, 0.3),
        ),
        finding(
            "slope of ln(share of requirements) on ln(penetration), 12 brands",
            loyalty,
            loyalty.text(),
            "positive: small brands get a smaller share of their buyers' purchases",
            (0.1, 5.0),
            (0.0, 5.0),
        ),
    ]
    comment = (
        f"Small brands have fewer buyers, and these buy the brand less often. Nothing in the model says so. "
        f"How steep the line is depends on how large the penetrations are: Ehrenberg's law, frequency × (1 − penetration) constant, "
        f"gives a slope of penetration / (1 − penetration), which is {theory_12.mean:.2f} on average with 12 brands and {theory.mean:.2f} with 4. "
        f"The range of 0.2–0.5 comes from categories with many brands, so it can be asked of the 12-brand market only. "
        f"Share of requirements differs by {100 * own.mean:.0f} points between the best and the worst of 12 brands. "
        f"Over longer periods the slope rises in both markets, because more and more households have bought everything once."
    )
    intro = (
        "Buyers of small brands are fewer and slightly less loyal. Measured on tracked households, four weeks. "
        "The second market has 11 rivals with appeals from 1 to −1; everything else is the default."
    )
    return Section("Double jeopardy", "double-jeopardy", intro, findings, comment)


def _spread(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1) / np.mean(values))


def _households(r: Results) -> Section:
    job = "shoppers.default_market"

    def fact(name: str) -> Estimate:
        return of(r, job, lambda x: x["households"][name] if x["households"][name] is not None else np.nan)

    k, miss = fact("k"), of(r, job, lambda x: x["households"]["zero_seen"] - x["households"]["zero_predicted"])
    top, main, stores = fact("top_share"), fact("main_store"), fact("stores")
    repeat, chance, shape = fact("repeat"), fact("repeat_without_memory"), fact("gap_shape")
    findings = [
        Finding("negative binomial (NBD) of purchase counts, k", k.text(), "0.32–0.85, median 0.66", "built in"),
        Finding("zero-buyer share, seen minus predicted by the NBD", miss.percent(2), "within 2.1 %", "built in"),
        Finding("share of purchases of the top 20 % of buyers", top.percent(), "51–59 %", "built in"),
        Finding("share of purchases at the main store", main.percent(), "73 %", "built in"),
        finding(
            "stores per household in a year",
            stores,
            stores.text(),
            "4.2",
            (3.5, 5.0),
            (2.0, 6.0),
            "A household has a main store and at most three others within 2 km; some have fewer neighbours.",
        ),
        finding(
            "repeat rate: same brand as at the last purchase",
            repeat,
            repeat.percent(),
            f"49–86 %; without memory 22–41 % (here {100 * chance.mean:.0f} %)",
            (0.49, 0.86),
            (chance.mean + 0.01, 0.49),
            "Habit belongs to the shop, not to the household. A household differs from its neighbours by its segment only, so it repeats a brand "
            "little more often than the brand's share says.",
        ),
        finding(
            "gamma shape of the gaps between purchases",
            shape,
            shape.text(),
            "about 2.9: more regular than Poisson",
            (2.0, 4.0),
            (1.3, 6.0),
            "Purchases of the panel are labels on shoppers already drawn, independent from day to day, so gaps are as irregular as a Poisson process (1.0).",
        ),
    ]
    comment = (
        "Rates of households are gamma with shape 0.66 and main-store trips 73 % by the scenario, so the first four rows only confirm that the panel "
        "carries them through real choices, stock-outs and closed shops. Brand loyalty of single households is far too weak; whoever studies "
        "loyalty programmes or switching between brands by household needs a household's own memory first."
    )
    intro = "A quarter of a year for the counts, a year for the rest. The panel labels shoppers who have already been drawn, so it can't disturb the market."
    return Section("Households", "households", intro, findings, comment)


def _distribution(r: Results) -> Section:
    wide, path, file = "shoppers.default_market", "channel.distribution_path", "shoppers.baseline_file"

    def exponent(x: Any) -> float:
        return line(np.log(x["distribution"]), np.log(x["share"]))[0]

    between = of(r, wide, lambda x: exponent(x["distribution"]))
    example = of(r, file, lambda x: x["exponent"])
    frozen = of(r, path, lambda x: exponent(x["frozen"]))
    free = of(r, path, lambda x: exponent(x["free"]))
    findings = [
        finding(
            "exponent b of share ∝ weighted distribution^b, between products",
            between,
            between.text(),
            "above 1: convex",
            (1.1, 10.0),
            (1.0, 20.0),
        ),
        finding(
            "the same in scenarios/baseline.yaml", example, example.text(), "above 1: convex", (1.1, 10.0), (1.0, 20.0)
        ),
        finding(
            "one brand, listings free to move, other history",
            free,
            free.text(),
            "above 1: convex",
            (1.1, 20.0),
            (1.0, 20.0),
        ),
        finding(
            "one brand, listings frozen: distribution alone",
            frozen,
            frozen.text(),
            "1: in proportion; above 1 when convex",
            (1.1, 3.0),
            (0.8, 1.1),
            "Distribution alone adds sales in proportion: shops that list us do not carry fewer rivals than others do. What bends the curve is that liked "
            "brands are listed more and that listings, habit and relations feed each other.",
        ),
    ]
    comment = (
        "Between brands and products the curve is convex, as published (Reibstein & Farris 1995). The experiment tells why. "
        "When only the listings differ, sales follow them almost in proportion. The convex curve comes from the loop of pull, listing and habit: "
        "it must not be read as the return on one more listing."
    )
    intro = "Share against weighted distribution. A product's weighted distribution is the size-weighted share of shops that list it."
    return Section("Distribution and share", "distribution", intro, findings, comment)


def _stock_outs(r: Results) -> Section:
    wide, file = "shoppers.default_market", "shoppers.baseline_file"
    rate, cause = of(r, wide, lambda x: x["stock_outs"]["rate"]), of(r, wide, lambda x: x["stock_outs"]["ordering"])
    rate_file, cause_file = (
        of(r, file, lambda x: x["stock_outs"]["rate"]),
        of(r, file, lambda x: x["stock_outs"]["ordering"]),
    )
    mine = of(r, wide, lambda x: x["stock_outs"]["by_company"][0])
    findings = [
        finding(
            "stock-out rate, larger default market",
            rate,
            rate.percent(),
            "8.3 % (accept 6.5–10)",
            (0.065, 0.10),
            (0.04, 0.14),
        ),
        finding(
            "stock-out rate, scenarios/baseline.yaml",
            rate_file,
            rate_file.percent(),
            "8.3 % (accept 6.5–10)",
            (0.065, 0.10),
            (0.04, 0.14),
        ),
        finding(
            "lost units caused by store ordering, larger market",
            cause,
            cause.percent(),
            "about half (accept 40–60 %)",
            (0.4, 0.6),
            (0.25, 0.75),
            "With few trucks and short lead times store ordering keeps a larger part.",
        ),
        finding(
            "lost units caused by store ordering, scenarios/baseline.yaml",
            cause_file,
            cause_file.percent(),
            "about half (accept 40–60 %)",
            (0.4, 0.6),
            (0.25, 0.75),
            "Each of the 4 small territories has its own distributors, who seldom run out; what remains is the shops' own ordering.",
        ),
    ]
    comment = (
        f"Our own products are out less often ({mine.percent()}), because advisors propose orders that look ahead to the next call. "
        "No parameter sets the rate: it follows from review days, forgetful shops, cases, trucks and lead times."
    )
    intro = "A product is out when a shop lists it and has none. The rate is the mean of opening and closing counts; causes are those of units lost for good."
    return Section("Stock-out rate", "stock-outs", intro, findings, comment)


def _bullwhip(r: Results) -> Section:
    job = "channel.bullwhip"

    def ratio(mode: str, up: str, down: str) -> Estimate:
        return of(r, job, lambda x: x[mode][up] / x[mode][down])

    shops = ratio("orders only", "shops", "consumers")
    above = ratio("orders only", "distributors", "shops")
    shared = ratio("shared data", "distributors", "shops")
    managed = ratio("vendor-managed", "distributors", "shops")
    less = of(r, job, lambda x: x["shared data"]["distributors"] / x["orders only"]["distributors"])
    less_managed = of(r, job, lambda x: x["vendor-managed"]["distributors"] / x["orders only"]["distributors"])
    made = ratio("orders only", "factory output", "factory orders")
    whole = ratio("orders only", "distributors", "consumers")
    findings = [
        finding("swing of shops' orders / consumers' purchases", shops, shops.text(), "above 1", (1.05, 50), (1.0, 50)),
        finding("swing of distributors' orders / shops' orders", above, above.text(), "above 1", (1.05, 50), (1.0, 50)),
        finding("distributors' orders / consumers' purchases", whole, whole.text(), "above 1", (1.05, 100), (1.0, 100)),
        finding(
            "distributors' orders, shared data / orders only", less, less.text(), "below 1", (0.0, 0.95), (0.0, 1.0)
        ),
        finding(
            "distributors' orders, vendor-managed / orders only",
            less_managed,
            less_managed.text(),
            "below 1",
            (0.0, 0.95),
            (0.0, 1.0),
            "Vendor-managed stock follows the whole echelon, so that it also makes up for the swings of the shops' stock.",
        ),
        finding(
            "factory's output / orders at the factory",
            made,
            made.text(),
            "below 1: stock and capacity smooth",
            (0.0, 0.98),
            (0.0, 1.05),
        ),
    ]
    comment = (
        f"The swing grows at every step up to the factory gate. With shared sell-out data the distributors' step is {shared.mean:.1f} instead of {above.mean:.1f} "
        f"({managed.mean:.1f} when vendor-managed). The factory's own stock and capacity calm its output."
    )
    intro = "Swing is the squared coefficient of variation of weekly units. Sharing of data begins after the burn-in; the first four weeks are left out."
    return Section("Bullwhip", "bullwhip", intro, findings, comment)


def _loading(r: Results) -> Section:
    job = "channel.loading"
    plain, loaded = of(r, job, lambda x: x["none"]["last_days"]), of(r, job, lambda x: x["rebate"]["last_days"])
    more = of(r, job, lambda x: x["rebate"]["last_days"] - x["none"]["last_days"])
    sell_out = of(r, job, lambda x: x["rebate"]["sell_out"] / x["none"]["sell_out"] - 1.0)
    orders = of(r, job, lambda x: x["rebate"]["orders"] / x["none"]["orders"] - 1.0)
    stock = of(r, job, lambda x: x["rebate"]["stock"] / x["none"]["stock"] - 1.0)
    findings = [
        finding(
            "share of orders in the last 5 of 30 days, with a rebate, minus without",
            more,
            more.percent(),
            "positive",
            (0.02, 1.0),
            (0.0, 1.0),
        ),
        finding(
            "share of orders in the last 5 of 30 days, no rebate",
            plain,
            plain.percent(),
            "5/30 = 16.7 %",
            (0.13, 0.20),
            (0.1, 0.25),
        ),
        finding(
            "change of sales to consumers by the rebate",
            sell_out,
            sell_out.percent(),
            "near 0: loading moves goods, not demand",
            (-0.01, 0.01),
            (-0.03, 0.03),
        ),
    ]
    comment = (
        f"With a rebate {loaded.percent()} of the orders fall into the last five days. Orders of the whole year change by {orders.percent()}, "
        f"distributors' stock by {stock.percent()}: the goods go into the warehouse, and the days after the close are weak."
    )
    intro = "Our distributors have a target in each period of 30 days. The rebate is 5 % of the period's purchases when it is reached; without it there is no reason to load."
    return Section("Loading at the end of a period", "loading", intro, findings, comment)


def _noise(r: Results) -> Section:
    job = "shoppers.default_market"
    exponent, factor = of(r, job, lambda x: x["noise"]["exponent"]), of(r, job, lambda x: x["noise"]["factor"])
    index = of(r, job, lambda x: x["noise"]["index"])
    findings = [
        Finding("exponent of variance ∝ mean^b, daily shoppers of a shop", exponent.text(), "1.47", "built in"),
        Finding("factor of the same law", factor.text(), "0.54", "built in"),
        Finding(
            "variance / mean, shops of 4–60 shoppers a day",
            index.text(),
            "above 1 (Poisson); 3.3 in the bakery panel, whose means are larger",
            "built in",
        ),
    ]
    comment = "The dispersion of 18 was chosen from the bakery panel; the run confirms that weekdays, growth and season do not spoil it."
    intro = "The picture is the right half of the one under [Households](#households)."
    return Section("Variance of daily demand", "", intro, findings, comment)


def _concentration(r: Results) -> Section:
    wide, file = "shoppers.default_market", "shoppers.baseline_file"
    hhi, top = of(r, wide, lambda x: x["market"]["hhi"]), of(r, wide, lambda x: x["market"]["top_stores"])
    hhi_file, sigma = of(r, file, lambda x: x["market"]["hhi"]), of(r, wide, lambda x: x["market"]["store_sigma"])
    findings = [
        finding(
            "store size: share of sales of the top 20 % of shops",
            top,
            top.percent(),
            "about 58 % (accept 54–62)",
            (0.54, 0.62),
            (0.45, 0.70),
            "Shoppers are spread about as in whole markets (the standard deviation of their ln is near 1.0); sales are spread a little more, because large shops list more products and lose fewer shoppers to buying nothing.",
        ),
        finding(
            "store size: standard deviation of ln(daily sales)",
            sigma,
            sigma.text(),
            "0.9–1.0",
            (0.85, 1.05),
            (0.7, 1.3),
            "Shoppers are spread about as in whole markets (the standard deviation of their ln is near 1.0); sales are spread a little more, because large shops list more products and lose fewer shoppers to buying nothing.",
        ),
        finding(
            "HHI of companies (units)",
            hhi,
            hhi.text(3),
            "0.131 in a real category of 11 brands; at least 0.25 with 4 companies",
            (0.10, 0.20),
            (0.25, 0.35),
            "Four companies can't be less concentrated than 0.25. It is a choice of the small default market, not a result; scenarios with more rivals come nearer.",
        ),
        finding(
            "HHI in scenarios/baseline.yaml",
            hhi_file,
            hhi_file.text(3),
            "the same",
            (0.10, 0.20),
            (0.25, 0.35),
            "Four companies can't be less concentrated than 0.25. It is a choice of the small default market, not a result; scenarios with more rivals come nearer.",
        ),
    ]
    comment = "Shares of companies follow from appeal, listing and habit. Store sizes are drawn, so their spread is a matter of defaults. Only shops that were open all the time are counted."
    intro = "How unequal shops and companies are."
    return Section("Concentration", "concentration", intro, findings, comment)


MAKERS = (_jeopardy, _households, _distribution, _stock_outs, _bullwhip, _loading, _noise, _concentration)
