"""Functions stay short: most of a screenful, none over eighty lines."""

import ast

from tests.architecture.rooms import PACKAGE


def lengths():
    """The length in lines of every function of the package, by its name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno:
                n_lines = node.end_lineno - node.lineno + 1
                name = f"{path.relative_to(PACKAGE)}:{node.name}:{node.lineno}"
                found[name] = n_lines
    return found


def test_no_function_is_longer_than_eighty_lines():
    assert {name: n for name, n in lengths().items() if n > 80} == {}


def test_few_functions_are_longer_than_fifty_lines():
    sizes = list(lengths().values())

    assert sum(n > 50 for n in sizes) / len(sizes) < 0.015
