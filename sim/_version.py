"""The one place where versions are written; packaging, run manifests and the store of runs read them here."""

__version__ = "0.1.0"

MODEL_VERSION = 3
"""Raised by one whenever the same scenario, strategy and seed give other numbers than before, KPI formulas included.

The store of runs takes a run only under the version that made it, so a change without a new version would mix old
numbers with new ones. The golden values carry the version they were made with, see `tests.golden.refresh`.
"""
