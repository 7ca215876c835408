"""From the tables of a run to indicators: every KPI's name, formula and unit, tidy tables and daily series.

Pure functions of a `RunResult`: nothing here changes a run, draws a number or reads a file. The burn-in is trimmed here
and nowhere else.
"""
