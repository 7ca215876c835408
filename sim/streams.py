"""Common random numbers by identity: a draw depends on what it decides, never on what was drawn before.

A uniform is a pure function of (root seed, replication, decision point, period, entity slot, index). The first four
make a *key*; `stream` joins the key with an entity's slot; `uniform` picks the index within it. Names of scenarios
and strategies never enter, so the same seed gives the same shoppers whatever is tried. The mixer is the finaliser
of SplitMix64 (Steele, Lea & Flood 2014, variant 13 of Stafford), measured in docs/randomness.md.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum, unique

import numpy as np
from numba import njit
from numpy.typing import NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
# 52 bits, not 53: the largest value is then 1 − 2**-53, where with 53 bits it would be rounded to 1 and leave (0, 1).
TO_UNIT = 1.0 / 4503599627370496.0  # 2**-52
HALF_STEP = 0.5 / 4503599627370496.0


# The signatures are explicit because Numba takes every Python integer for a signed one: without them a key of 2**63 or
# more raises OverflowError as soon as a smaller one has been seen. Hand keys on to other kernels as `np.uint64(key)`.


@unique
class DecisionPoint(IntEnum):
    """What a draw decides. Values are part of the results: append, never renumber."""

    SHOPPERS = 1
    CHOICE = 2
    REACTION = 3
    SECOND_CHOICE = 4
    STORE_CHOICE = 5
    SEGMENT = 6
    REVIEW_SKIPPED = 7
    SUGGESTED_ORDER = 8
    DEMAND_ESTIMATE = 9
    SELL_IN = 10
    DISCOVERY = 11
    LATE_PAYMENT = 12
    CLOSING = 13
    TRANSPORT = 14
    FACTORY_STOP = 15
    RIVAL_CALL = 16
    RIVAL_VIEW = 17
    RIVAL_ANSWER = 18
    RIVAL_INSTRUMENT = 19
    POACHING = 20
    LEAVING = 21
    HIRE = 22
    UNPROMPTED_LISTING = 23
    DETECTION = 24
    HOUSEHOLD_LABEL = 25
    CENSUS = 26
    RIVAL_SELL_IN = 27
    RIVAL_ORDER = 28
    RIVAL_ESTIMATE = 29
    RIVAL_EXCLUSIVE = 30
    SHARE_TOLD = 31
    DISTRIBUTOR_RATING = 32
    NEGOTIATION = 33
    WINNING = 34
    PROGRAMME_BEST = 40
    PROGRAMME_LOOK = 41
    PROGRAMME_FADING = 42
    PROGRAMME_TELLING = 43
    DISPLACEMENT = 60
    ENTRY = 61
    TALENT = 70
    DISTRIBUTOR_LEAVING = 50
    DISTRIBUTOR_SUCCESSOR = 51
    REVIEW_MISSED = 52
    OUTLET_ON_LIST = 53
    SALESMAN_CALL = 54
    SALESMAN_ORDER = 55
    SALESMAN_ESTIMATE = 56
    SALESMAN_SELL_IN = 57
    SALESMAN_DISPLACEMENT = 58
    ADHERENCE = 71
    EXCLUSIVE = 59
    BUILD_TERRITORY = 101
    BUILD_TOWN = 102
    BUILD_OUTLET = 103
    BUILD_MIX = 104
    BUILD_LISTING = 105
    BUILD_RELATION = 106
    BUILD_KNOWN = 107
    BUILD_DISTRIBUTOR = 108
    BUILD_ADVISOR = 109
    BUILD_HABIT = 110
    BUILD_OPENING = 111
    BUILD_HOUSEHOLD = 112
    LABORATORY = 201


@njit(cache=True, inline="always")
def mix(z: np.uint64) -> np.uint64:
    """Scramble 64 bits: every input bit reaches every output bit."""
    z = (z ^ (z >> np.uint64(30))) * MIX_1
    z = (z ^ (z >> np.uint64(27))) * MIX_2
    return z ^ (z >> np.uint64(31))


@njit("uint64(int64, int64, int64, int64)", cache=True)
def key_of(seed: int, replication: int, point: int, period: int) -> np.uint64:
    """Return the key of one decision point in one period (uint64).

    Parameters
    ----------
    seed, replication : non-negative integers.
    point : a `DecisionPoint`.
    period : day, week or month number; may be negative.
    """
    z = mix(np.uint64(seed) + GOLDEN)
    z = mix(z ^ (np.uint64(replication) * GOLDEN + MIX_1))
    z = mix(z ^ (np.uint64(point) * GOLDEN + MIX_2))
    return mix(z ^ (np.uint64(np.int64(period)) * GOLDEN + GOLDEN))


@njit("void(int64, int64, int64, uint64[:])", cache=True)
def write_keys(seed: int, replication: int, period: int, out: NDArray[np.uint64]) -> None:
    """Write `key_of` of the decision points 0, 1, … in one period, shape (n_points,)."""
    for point in range(out.shape[0]):
        out[point] = key_of(seed, replication, point, period)


@njit("uint64(uint64, uint64)", cache=True, inline="always")
def stream(key: np.uint64, slot: np.uint64) -> np.uint64:
    """Join a key with an entity's slot; the start of that entity's own sequence (uint64)."""
    return mix(np.uint64(key) ^ np.uint64(slot))


@njit("int64(uint64, uint64)", cache=True, inline="always")
def draw_bits(start: np.uint64, index: int) -> np.int64:
    """Return the 52 bits behind `draw` at the same place, as a whole number k; the uniform is (k + ½)·2⁻⁵²."""
    return np.int64(mix(np.uint64(start) + (np.uint64(index) + np.uint64(1)) * GOLDEN) >> np.uint64(12))


@njit("float64(uint64, uint64)", cache=True, inline="always")
def draw(start: np.uint64, index: int) -> float:
    """Return the uniform in (0, 1) at `index` of a sequence begun by `stream`."""
    z = mix(np.uint64(start) + (np.uint64(index) + np.uint64(1)) * GOLDEN)
    return np.float64(z >> np.uint64(12)) * TO_UNIT + HALF_STEP


@njit("float64(uint64, uint64, uint64)", cache=True, inline="always")
def uniform(key: np.uint64, slot: np.uint64, index: int) -> float:
    """Return the uniform in (0, 1) of (key, slot, index)."""
    return draw(stream(key, slot), index)


@njit(cache=True)
def uniforms(key: np.uint64, slots: NDArray[np.uint64], index: int) -> NDArray[np.float64]:
    """Return one uniform for each slot, shape (n,), all at the same index."""
    out = np.empty(slots.shape[0])
    for i in range(slots.shape[0]):
        out[i] = uniform(key, slots[i], index)
    return out


def slot_of(external_id: str) -> np.uint64:
    """Return the slot of an entity: a stable hash of its external id, separate from its row."""
    return np.uint64(int.from_bytes(hashlib.blake2b(external_id.encode(), digest_size=8).digest(), "little"))
