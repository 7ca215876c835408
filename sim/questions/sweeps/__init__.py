"""Sweeps: an experiment file, its points, their runs in this process, in several, or on many machines, and the table.

Levers are ours to choose, uncertainties are the world's, constants are held fixed, outcomes are what is measured. Every
finished run lies in the store of runs; nothing here draws figures or knows the shell.
"""
