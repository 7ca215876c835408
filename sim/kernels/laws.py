"""Laws of advertising, diffusion and learning: scalar, compiled, without state.

Each law is the exact solution of its equation over the step, so that a step of two days equals two steps of one day.
The Lanchester law alone is a daily difference equation, because that is how its published figures are computed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.policies import AdvertisingResponse, GoodwillLaw


class GoodwillRules(NamedTuple):
    """How goodwill moves: numbers of `GoodwillLaw` and `AdvertisingResponse`, and the coefficients of the scenario."""

    law: int
    decay_per_day: float
    saturation: float
    response: int
    adbudg_exponent: float
    adbudg_half: float


@kernel()
def adbudg(x: float, c: float, d: float) -> float:
    """Return the ADBUDG response x^c / (d + x^c), in [0, 1); S-shaped for c > 1 (Little 1970).

    Parameters
    ----------
    x : effort, 0 or more. [multiples of the reference effort]
    c : exponent, above 0. [-]
    d : half-effect constant: the response is 1/2 at x = d^(1/c). [-]
    """
    if x <= 0.0:
        return 0.0
    if d <= 0.0:
        return 1.0
    # Divided by x^c, so that a huge effort tends to 1 where x^c itself would overflow.
    return float(1.0 / (1.0 + d * x ** (-c)))


@kernel()
def square_root_response(x: float) -> float:
    """Return √x for x > 0, otherwise 0: concave response, equal to 1 at the reference effort [-]."""
    return math.sqrt(x) if x > 0.0 else 0.0


@kernel()
def advertising_response(kind: int, pressure: float, exponent: float, half: float) -> float:
    """Return the response to advertising pressure by the scenario's law.

    Parameters
    ----------
    kind : of `AdvertisingResponse`; `exponent` and `half` are used by ADBUDG only.
    pressure : spending over the reference spending. [-]
    """
    if kind == AdvertisingResponse.adbudg:
        return float(adbudg(pressure, exponent, half))
    return float(square_root_response(pressure))


@kernel()
def advertising_responses(rules: GoodwillRules, pressure: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """Write `advertising_response` of each element of `pressure`; both of shape (n_territories, n_brands)."""
    for t in range(pressure.shape[0]):
        for b in range(pressure.shape[1]):
            out[t, b] = advertising_response(rules.response, pressure[t, b], rules.adbudg_exponent, rules.adbudg_half)


@kernel()
def nerlove_arrow_step(goodwill: float, gain_per_day: float, decay_per_day: float, days: float) -> float:
    """Advance goodwill by the exact solution of dG/dt = gain − decay·G (Nerlove & Arrow 1962).

    Parameters
    ----------
    goodwill : goodwill at the beginning of the step. [utility]
    gain_per_day : constant inflow over the step. [utility/day]
    decay_per_day : λ of exp(−λ·dt). [1/day]
    days : length of the step. [days]
    """
    if decay_per_day <= 0.0:
        return float(goodwill + gain_per_day * days)
    steady = gain_per_day / decay_per_day
    # The difference to the steady state shrinks; expm1 keeps the gain exact when decay·days is tiny.
    return float(goodwill - (steady - goodwill) * math.expm1(-decay_per_day * days))


@kernel()
def vidale_wolfe_step(
    sales: float, effort: float, response: float, saturation: float, decay_per_day: float, days: float
) -> float:
    """Advance sales by the exact solution of dS/dt = r·A·(1 − S/M) − λ·S (Vidale & Wolfe 1957).

    Parameters
    ----------
    sales : S at the beginning. [units of saturation]
    effort : advertising A, constant over the step. [effort]
    response : r, sales gained a day by one unit of effort on an untouched market. [sales/effort/day]
    saturation : M, above 0. [units of sales]
    decay_per_day : λ. [1/day]
    days : length of the step. [days]

    Returns
    -------
    S at the end; it tends to M·r·A / (r·A + λ·M).
    """
    push = response * effort
    return float(nerlove_arrow_step(sales, push, push / saturation + decay_per_day, days))


@kernel()
def lanchester_step(share: float, k1: float, k2: float, days: int) -> float:
    """Advance a share by `days` daily steps m ← m + k1·(1 − m) − k2·m (Lanchester–Kimball share flow).

    Parameters
    ----------
    share : own share at the beginning, in [0, 1].
    k1 : share of the others' customers won a day. [1/day]
    k2 : share of the own customers lost a day; with several rivals the sum of their k. [1/day]
    days : whole days.

    Notes
    -----
    The steady share is k1/(k1 + k2). When k1 + k2 exceeds 1 a daily step would overshoot; the share then goes straight
    to its steady value.
    """
    flow = k1 + k2
    if flow <= 0.0:
        return float(share)
    steady = k1 / flow
    if flow >= 1.0:
        return float(steady if days > 0 else share)
    return float(steady + (share - steady) * (1.0 - flow) ** days)


@kernel()
def goodwill_step(
    law: int, goodwill: float, gain: float, rivals_gain: float, decay: float, saturation: float, days: int
) -> float:
    """Advance one brand's goodwill in one territory by the law chosen in the scenario.

    Parameters
    ----------
    law : of `GoodwillLaw`.
    goodwill : goodwill at the beginning. [utility]
    gain : response scale × advertising response + word of mouth. [utility/day]
    rivals_gain : the same summed over all other brands of the territory; used by Lanchester only. [utility/day]
    decay : decay rate; unused by Lanchester, where goodwill is only taken by others. [1/day]
    saturation : ceiling (Vidale–Wolfe), or the total that the brands share out (Lanchester). [utility]
    days : whole days.
    """
    if law == GoodwillLaw.vidale_wolfe:
        return float(vidale_wolfe_step(goodwill, 1.0, gain, saturation, decay, days))
    if law == GoodwillLaw.lanchester:
        share = lanchester_step(goodwill / saturation, gain / saturation, rivals_gain / saturation, days)
        return float(saturation * share)
    return float(nerlove_arrow_step(goodwill, gain, decay, days))


@kernel()
def step_goodwill(rules: GoodwillRules, goodwill: NDArray[np.float64], gain: NDArray[np.float64], days: int) -> None:
    """Advance the goodwill of every brand in every territory, in place.

    Parameters
    ----------
    goodwill : shape (n_territories, n_brands), changed in place. [utility]
    gain : shape (n_territories, n_brands). [utility/day]
    days : whole days.
    """
    for t in range(goodwill.shape[0]):
        total = 0.0
        for b in range(goodwill.shape[1]):
            total += gain[t, b]
        for b in range(goodwill.shape[1]):
            rivals = max(total - gain[t, b], 0.0)
            goodwill[t, b] = goodwill_step(
                rules.law, goodwill[t, b], gain[t, b], rivals, rules.decay_per_day, rules.saturation, days
            )


@kernel()
def bass_step(fraction: float, p: float, q: float, periods: float) -> float:
    """Advance the tried share by the exact solution of dF/dt = (p + q·F)(1 − F).

    Parameters
    ----------
    fraction : share that has tried, in [0, 1]; any value, also one moved from the pure curve by local events.
    p, q : innovation and imitation. [1/period]
    periods : length of the step: days over the days of one period. [periods]
    """
    drive = p + q * fraction
    if drive <= 0.0:
        return float(fraction)
    # (1 − F)/(p + q·F) falls as exp(−(p + q)·t); written without that quotient, which overflows for the least drives.
    rest = (1.0 - fraction) * math.exp(-(p + q) * periods)
    return float((drive - p * rest) / (drive + q * rest))


@kernel()
def wright_factor(n: float, exponent: float, floor: float) -> float:
    """Return the time of the n-th visit as a share of the first: n^−exponent, not below the floor (Wright 1936).

    Parameters
    ----------
    n : number of the visit; below 1 counts as 1.
    exponent : −log2 of the curve: 0.322 for the 80 % curve. [-]
    floor : least share. [-]
    """
    return float(max(max(n, 1.0) ** (-exponent), floor))
