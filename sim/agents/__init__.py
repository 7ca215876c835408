"""Actors as processes, one file each: they read the world, call kernels, post through the journal, record.

SimPy is used here and in `sim.engine` only. An actor keeps no state of its own between days.
"""
