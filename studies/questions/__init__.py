"""Runs the questions of the scenario library and writes docs/questions/."""
