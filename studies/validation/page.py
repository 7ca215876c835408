"""The text of docs/validation.md from the measured results."""

# ruff: noqa: E501  (sentences for the page are kept whole)

from __future__ import annotations

from typing import Any

from studies.validation import cases, fieldfacts, leads, marketfacts, mechanismfacts, strategyfacts
from studies.validation.findings import Results, Section

Measured = dict[str, Any]


def text(measured: Measured) -> str:
    """Return the whole page."""
    results = measured["results"]
    usual = (*marketfacts.MAKERS, *fieldfacts.MAKERS, *strategyfacts.MAKERS)
    of_mechanisms = {leads.JOB: leads.section, **mechanismfacts.MAKERS}
    makers = [*usual, *(make for job, make in of_mechanisms.items() if job in results)]
    sections = [make(results) for make in makers]
    parts = [_head(measured), _overview(sections), _table_of(sections)]
    for section in sections:
        parts.append(_section(section))
    parts += [_cases(measured), _open(sections)]
    return "\n".join(parts).rstrip() + "\n"


def _head(measured: Measured) -> str:
    size = measured["size"]
    return f"""# Validation: what the market does by itself

This page is made by `python -m studies.validation.make` (or `make validate`); do not edit it by hand.
It was measured with version {measured["version"]}. It asks whether the default market shows what real markets show, without being told to.

How to read it:

- A *replication* is a market of its own: shops, people and luck are drawn from another root seed. There are {size["replications"]} of them.
- Numbers are means over replications ± one standard error. Intervals are 95 % Student t intervals.
- The default market has {size["outlets"]} shops, 4 companies with 2 products each, and our 2 advisors. Each run has 90 days of burn-in
  and {size["days"]} measured days. Household and shop regularities use {size["wide_outlets"]} shops in 4 territories with {size["households"]} tracked households.
- The last seven sections switch one mechanism on that is off in the default market, in {_markets(measured["results"])} smaller markets each. Their ranges were stated before the first run.
- A *paired run* continues the same saved market on the same luck with one thing changed. What differs is the effect of that thing.
- Verdicts: **emerges**: the mean lies in the range given. **emerges partly**: the direction is right, the size is not.
  **open**: it is not there. **built in**: a parameter puts it there; the run only confirms it.
"""


def _markets(results: Results) -> str:
    counts = {len(results[job]) for job in (leads.JOB, *mechanismfacts.MAKERS) if job in results}
    return "–".join(str(n) for n in sorted({min(counts), max(counts)})) if counts else "no"


def _overview(sections: list[Section]) -> str:
    found = [f.verdict for s in sections for f in s.findings]
    counts = ", ".join(
        f"{found.count(v)} × {v}" for v in ("emerges", "emerges partly", "open", "built in") if v in found
    )
    return f"## Results at a glance\n\n{len(found)} numbers: {counts}.\n"


def _table_of(sections: list[Section]) -> str:
    rows = ["| regularity | number | measured | published or expected | verdict |", "| --- | --- | --- | --- | --- |"]
    for section in sections:
        for k, f in enumerate(section.findings):
            name = f"[{section.title}](#{_anchor(section.title)})" if k == 0 else ""
            rows.append(f"| {name} | {f.what} | {f.measured} | {f.published} | {f.verdict} |")
    return "\n".join(rows) + "\n"


def _anchor(title: str) -> str:
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -")
    return kept.replace(" ", "-")


def _section(section: Section) -> str:
    rows = ["| number | measured | published or expected | verdict |", "| --- | --- | --- | --- |"]
    rows += [f"| {f.what} | {f.measured} | {f.published} | **{f.verdict}** |" for f in section.findings]
    picture = f"![{section.title}](images/validation-{section.image}.png)\n\n" if section.image else ""
    return f"## {section.title}\n\n{section.intro}\n\n{picture}" + "\n".join(rows) + f"\n\n{section.comment}\n"


def _cases(measured: Measured) -> str:
    files, printed = cases.test_files(), measured["cases"]
    rows = [
        "## The twenty analytic cases",
        "",
        "These cases have answers that are known from theory. Each test drives the production code.",
        "The last column is what the short version of the test printed; where it is empty, the test asserts the figure exactly or",
        "within its cap and prints nothing. The long versions run in `make validate`.",
        "",
        "| # | case | expected | test | printed |",
        "| --- | --- | --- | --- | --- |",
    ]
    for case in cases.CASES:
        where = "<br>".join(f"`{f}`" for f in files.get(case.number, [])) or "no test of that name yet"
        lines = "<br>".join(printed.get(str(case.number), []))
        rows.append(f"| {case.number} | {case.title} | {case.expected} | {where} | {lines} |")
    return "\n".join(rows) + "\n"


def _open(sections: list[Section]) -> str:
    rows = ["## What does not emerge, and what is open", ""]
    for section in sections:
        for why in dict.fromkeys(f.why for f in section.findings if f.why):
            found = [f for f in section.findings if f.why == why]
            expected = "; ".join(dict.fromkeys(f.published for f in found))
            numbers = "; ".join(f"{f.what} {f.measured.split(', interval')[0]} ({f.verdict})" for f in found)
            rows.append(f"- **{section.title}.** {numbers}. Expected: {expected}. Why: {why}")
    return "\n".join(rows) + "\n"
