"""Lengths of time as people write them on a command line: 20s, 2m, 1.5h, 28d."""

import re

import click

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(text: str) -> float:
    """The seconds of a length of time; a number without a unit counts seconds.

    Raises `click.BadParameter` for anything else.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", text.lower())
    if found is None or found[2] not in _UNITS:
        raise click.BadParameter(f"{text!r} is not a length such as 20s, 2m or 1h")
    return float(found[1]) * _UNITS[found[2]]


DURATION = click.types.FuncParamType(seconds)
DURATION.name = "duration"
