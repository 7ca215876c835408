"""Arithmetic over numbers and arrays, compiled by Numba.

No SimPy, no scenario objects, no files; goods and cash are computed here and posted by the ledger.
"""
