from __future__ import annotations

import pytest

from sim.errors import InputError, Problem, nearest_name


def test_a_problem_is_one_line_with_place_value_rule_and_hint():
    problem = Problem("a.yaml", 3, "team.vist", "1", "is not a field", "visit")
    assert str(problem) == "a.yaml:3: team.vist: 1: is not a field (did you mean 'visit'?)"


def test_without_a_line_the_file_is_meant():
    assert str(Problem("a.yaml", 0, "file", "empty", "must be text")) == "a.yaml: file: empty: must be text"


def test_long_values_are_cut():
    assert str(Problem("a", 1, "f", "x" * 100, "no")) == f"a:1: f: {'x' * 57}...: no"


@pytest.mark.parametrize("odd", ["\r", "\n", "\x1c", "\x85", "\u2028", "\x1b[2J", "\x00"])
def test_nothing_in_a_value_breaks_the_line_or_reaches_the_terminal(odd):
    text = str(Problem("a", 1, f"f{odd}", f"v{odd}w", "no", f"n{odd}"))
    assert len(text.splitlines()) == 1
    assert text.isprintable()


def test_problems_come_in_the_order_of_files_and_lines():
    found = [Problem("b", 1, "x", "", ""), Problem("a", 10, "x", "", ""), Problem("a", 9, "x", "", "")]
    assert [(p.file, p.line) for p in InputError(found).problems] == [("a", 9), ("a", 10), ("b", 1)]


@pytest.mark.parametrize(("name", "near"), [("spped", "speed"), ("zzz", ""), ("", "")])
def test_nearest_name(name, near):
    assert nearest_name(name, ["speed", "size"]) == near


def test_an_input_error_survives_being_made_anew():
    """SimPy re-raises what happens in a process, and pools pickle it: both call the type with its arguments."""
    import copy
    import pickle

    error = InputError([Problem("b.yaml", 2, "x", "1", "must not"), Problem("a.yaml", 1, "y", "2", "must")])
    for again in (type(error)(*error.args), pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert str(again) == str(error)
        assert again.problems == error.problems
