"""A finding of the validation page: number, expected value, verdict and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from studies.validation.runs import Estimate, estimate

Results = dict[str, Any]
Range = tuple[float, float]


class Finding(NamedTuple):
    """One measured number; `why` explains a verdict that is not "emerges"."""

    what: str
    measured: str
    published: str
    verdict: str
    why: str = ""


class Section(NamedTuple):
    """One regularity with its picture."""

    title: str
    image: str
    intro: str
    findings: list[Finding]
    comment: str


def judge(e: Estimate, accept: Range, partly: Range) -> str:
    """Return the verdict of a mean in the accepted range, in the wider one, or outside."""
    if accept[0] <= e.mean <= accept[1]:
        return "emerges"
    return "emerges partly" if partly[0] <= e.mean <= partly[1] else "open"


def of(results: Results, job: str, pick: Callable[[Any], float]) -> Estimate:
    """Estimate one number over the replications of an experiment."""
    return estimate([pick(r) for r in results[job]])


def finding(what: str, e: Estimate, shown: str, published: str, accept: Range, partly: Range, why: str = "") -> Finding:
    """Return a finding with its verdict; the reason is kept only where it is needed."""
    verdict = judge(e, accept, partly)
    return Finding(what, shown, published, verdict, "" if verdict == "emerges" else why)
