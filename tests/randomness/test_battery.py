"""The counter-based generator under statistical tests, along every coordinate that a simulation moves.

The keys are fixed, so the outcome is too: a p-value outside the limits is a finding, not bad luck to be run again. With
about 60 p-values the limits 1e-5 and 1 − 1e-5 would be crossed by a good generator once in 800 choices of the keys.
The long run with dieharder is described in docs/randomness.md.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.stats import chi2, chi2_contingency, kstest, norm, poisson

from sim.streams import DecisionPoint, draw, key_of, slot_of, uniform

_spec = importlib.util.spec_from_file_location("raw_stream", Path(__file__).with_name("raw_stream.py"))
assert _spec is not None
assert _spec.loader is not None
raw_stream = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(raw_stream)

SIZE = 1 << 20
LIMIT = 1e-5
POINT = int(DecisionPoint.SHOPPERS)


def assert_fair(p: float, what: str) -> None:
    """Assert that a p-value is neither too small nor suspiciously large."""
    print(f"{what}: p = {p:.4g}")
    assert LIMIT < p < 1 - LIMIT, f"{what}: p = {p:.3g}"


def chi_square_p(counts: np.ndarray, expected: np.ndarray | float) -> float:
    """Upper tail of Pearson's statistic."""
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return float(chi2.sf(statistic, counts.size - 1))


@pytest.fixture(scope="module", params=list(raw_stream.ORDERS))
def numbers(request: pytest.FixtureRequest) -> np.ndarray:
    """SIZE uniforms along one coordinate."""
    out = np.empty(SIZE)
    raw_stream.fill(raw_stream.ORDERS[request.param], 0, out)
    return out


def test_values_lie_strictly_between_0_and_1(numbers: np.ndarray) -> None:
    assert numbers.min() > 0.0
    assert numbers.max() < 1.0


def test_uniform_by_chi_square_and_kolmogorov(numbers: np.ndarray) -> None:
    counts = np.bincount((numbers * 4096).astype(int), minlength=4096)
    assert_fair(chi_square_p(counts, SIZE / 4096), "chi-square, 4096 bins")
    assert_fair(float(kstest(numbers[: 1 << 17], "uniform").pvalue), "Kolmogorov–Smirnov")


def test_low_bits_are_uniform(numbers: np.ndarray) -> None:
    low = (numbers * 2.0**52).astype(np.int64) & 1023
    assert_fair(chi_square_p(np.bincount(low, minlength=1024), SIZE / 1024), "lowest 10 of 52 bits")


@pytest.mark.parametrize("lag", [1, 2, 3, 4, 7, 4000])
def test_no_serial_correlation(numbers: np.ndarray, lag: int) -> None:
    z = (numbers - 0.5) * np.sqrt(12)
    pairs = z.size - lag
    assert_fair(2 * float(norm.sf(abs((z[lag:] * z[:-lag]).sum() / np.sqrt(pairs)))), f"serial correlation, lag {lag}")


def test_pairs_and_triples_fill_the_square_and_the_cube(numbers: np.ndarray) -> None:
    pairs = (numbers.reshape(-1, 2) * 64).astype(int)
    counts = np.bincount(pairs[:, 0] * 64 + pairs[:, 1], minlength=64**2)
    assert_fair(chi_square_p(counts, len(pairs) / 64**2), "pairs")
    triples = (numbers[: SIZE // 3 * 3].reshape(-1, 3) * 16).astype(int)
    counts = np.bincount((triples[:, 0] * 16 + triples[:, 1]) * 16 + triples[:, 2], minlength=16**3)
    assert_fair(chi_square_p(counts, len(triples) / 16**3), "triples")


def test_gaps_between_visits_to_an_interval(numbers: np.ndarray) -> None:
    gaps = np.diff(np.flatnonzero(numbers < 0.1)) - 1
    longest = 60
    counts = np.bincount(np.minimum(gaps, longest), minlength=longest + 1)
    shares = 0.1 * 0.9 ** np.arange(longest + 1)
    shares[-1] = 0.9**longest
    assert_fair(chi_square_p(counts, shares * gaps.size), "gaps")


def test_birthday_spacings(numbers: np.ndarray) -> None:
    """4096 birthdays in a year of 2^32 days: equal spacings are Poisson with mean 4096³ / (4·2^32) = 4."""
    days = np.sort((numbers.reshape(-1, 4096) * 2.0**32).astype(np.int64), axis=1)
    spacings = np.sort(np.diff(days, axis=1), axis=1)
    repeats = int((np.diff(spacings, axis=1) == 0).sum())
    mean = 4.0 * days.shape[0]
    assert_fair(float(min(poisson.cdf(repeats, mean), poisson.sf(repeats - 1, mean)) * 2), f"birthdays, {repeats}")


@njit
def lattice(periods: int, slots: np.ndarray, indices: int) -> np.ndarray:
    """Uniforms of consecutive periods, slots and indices, shape (periods, slots, indices)."""
    out = np.empty((periods, slots.shape[0], indices))
    for t in range(periods):
        key = key_of(1, 0, POINT, t - 90)
        for s in range(slots.shape[0]):
            for i in range(indices):
                out[t, s, i] = uniform(key, slots[s], i)
    return out


@pytest.mark.parametrize("slots", ["rows", "hashes"])
def test_neighbours_on_the_lattice_are_independent(slots: str) -> None:
    """Pairs of neighbours along each axis and along each diagonal fill the square."""
    n = 512
    names = np.arange(n, dtype=np.uint64) if slots == "rows" else np.array([slot_of(f"o{i:05d}") for i in range(n)])
    grid = lattice(256, names, 8)
    for step in [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]:
        first = grid[tuple(slice(None, -s or None) for s in step)].ravel()
        second = grid[tuple(slice(s, None) for s in step)].ravel()
        counts = np.bincount((first * 32).astype(int) * 32 + (second * 32).astype(int), minlength=32**2)
        # As a test of independence given both margins: a number that is in two pairs then does no harm.
        assert_fair(float(chi2_contingency(counts.reshape(32, 32)).pvalue), f"{slots}, neighbours {step}")


def test_decision_points_and_replications_do_not_resemble_each_other() -> None:
    """Correlations of the same outlet-days between every pair of decision points, and of replications."""
    keys = [np.uint64(key_of(1, r, p, 0)) for r in range(4) for p in DecisionPoint]
    slots = range(4096)
    table = np.array([[uniform(k, s, 0) for s in slots] for k in keys])
    correlation = np.corrcoef(table)[np.triu_indices(len(keys), 1)]
    z = correlation * np.sqrt(len(slots))
    assert_fair(float(chi2.sf((z**2).sum(), z.size)), f"{z.size} correlations")
    assert_fair(1 - (1 - 2 * float(norm.sf(abs(z).max()))) ** z.size, f"largest of them, {abs(z).max():.2f}")


@njit
def flips(which: int, base: int, bits: int, samples: int) -> np.ndarray:
    """How often each of the upper 32 output bits changes when one input bit does, shape (bits, 32)."""
    counts = np.zeros((bits, 32), np.int64)
    for s in range(samples):
        v = np.uint64(s * base + s)
        for b in range(bits):
            w = v ^ (np.uint64(1) << np.uint64(b))
            if which == 0:
                x, y = uniform(v, 3, 1), uniform(w, 3, 1)
            elif which == 1:
                x, y = uniform(np.uint64(12345), v, 1), uniform(np.uint64(12345), w, 1)
            elif which == 2:
                x, y = draw(np.uint64(99), v), draw(np.uint64(99), w)
            elif which == 3:
                x, y = uniform(key_of(v, 0, POINT, 0), 3, 1), uniform(key_of(w, 0, POINT, 0), 3, 1)
            elif which == 4:
                x, y = uniform(key_of(1, v, POINT, 0), 3, 1), uniform(key_of(1, w, POINT, 0), 3, 1)
            elif which == 5:
                x, y = uniform(key_of(1, 0, v, 0), 3, 1), uniform(key_of(1, 0, w, 0), 3, 1)
            else:
                x, y = uniform(key_of(1, 0, POINT, v), 3, 1), uniform(key_of(1, 0, POINT, w), 3, 1)
            changed = np.int64(x * 4294967296.0) ^ np.int64(y * 4294967296.0)
            for k in range(32):
                counts[b, k] += (changed >> k) & 1
    return counts


@pytest.mark.parametrize("base", [0, 2654435761], ids=["small", "spread"])
@pytest.mark.parametrize(
    ("which", "bits"),
    list(enumerate([64, 64, 32, 63, 32, 8, 16])),
    ids=["key", "slot", "index", "seed", "replication", "point", "period"],
)
def test_avalanche(which: int, bits: int, base: int) -> None:
    """Each input bit changes each output bit half of the time, for small consecutive inputs and for spread ones."""
    samples = 4096
    z = (flips(which, base, bits, samples) - samples / 2) / np.sqrt(samples / 4)
    # Small inputs that differ in a bit below log2(samples) are met twice, once from each side: half the samples count.
    doubled = int(np.log2(samples)) if base == 0 else 0
    z[:doubled] /= np.sqrt(2)
    assert_fair(float(chi2.sf((z**2).sum(), z.size)), "flips")
    assert abs(z).max() < 6
