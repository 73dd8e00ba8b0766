"""Options of ``callcenter engine staff``: none is ignored without a word."""

import re
from collections.abc import Collection
from typing import Any

import click
from click.core import ParameterSource

from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import Heads, Model, Start

_KINDS = ("chats", "due", "group")
_ANYWHERE = {"forecast", "shrinkage", "interval", "timezone", "out"}
_SERVICE = {"service_level", "threshold", "definition"}
_LIMITS = {"max_asa", "max_abandon", "max_occupancy"}
# The options that each kind of work understands, besides those of every kind.
_UNDERSTOOD = {
    "": _SERVICE
    | _LIMITS
    | {"model", "patience", "redial", "waiting_room", "heads", "start", "stationary"},
    "chats": _SERVICE | _LIMITS | {"chats", "slowdown", "patience", "stationary"},
    "due": {"due", "backlog", "finish", "max_occupancy"},
    "group": {"group", "days", "service_level", "threshold", "patience"},
}
_BELONGS_TO = {
    "slowdown": "chats",
    "backlog": "due",
    "finish": "due",
    "days": "group",
}
# What the engine calls an argument, and the option that gives it.
_NAMES = {
    "sl_target": "service_level",
    "sl_threshold_s": "threshold",
    "sl_definition": "definition",
    "max_asa_s": "max_asa",
    "max_abandon": "max_abandon",
    "max_occupancy": "max_occupancy",
    "patience_s": "patience",
    "waiting_room": "waiting_room",
    "deadline_s": "due",
}


def option(name: str) -> str:
    """An option as it is typed."""
    return "--" + name.replace("_", "-")


def in_options(error: EngineInputError) -> str:
    """What the engine complains of, in the names of the options."""
    return re.sub(
        r"\b(" + "|".join(_NAMES) + r")\b",
        lambda found: option(_NAMES[found[0]]),
        str(error),
    )


def share(text: str) -> float:
    """A share such as 0.8, or 80% as people say it."""
    number, is_percent = text.strip().removesuffix("%"), text.strip().endswith("%")
    try:
        found = float(number) / (100.0 if is_percent else 1.0)
    except ValueError:
        found = -1.0
    if not 0.0 <= found <= 1.0:
        raise click.BadParameter(f"{text!r} is not a share such as 0.8 or 80%")
    return found


SHARE = click.types.FuncParamType(share)
SHARE.name = "share"


def is_stationary(options: dict[str, Any]) -> bool:
    """Whether each interval is worked out by itself."""
    return bool(
        options["stationary"]
        or options["model"] == Model.ERLANG_B
        or options["redial"] is not None
        or options["waiting_room"] is not None
    )


def check_options(context: click.Context) -> None:
    """Refuse options that would have no effect, naming them.

    Raises `EngineInputError`.
    """
    options = context.params
    given = {
        name
        for name in options
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    kinds = [name for name in _KINDS if options[name]]
    if len(kinds) > 1:
        raise EngineInputError(f"{', '.join(map(option, kinds))} do not go together")
    kind = kinds[0] if kinds else ""
    heads = Heads.FRACTIONAL if kind == "due" else Heads.WHOLE
    if options["heads"] == heads.value:
        given.discard("heads")
    _check_kind(given, kind)
    if "service_level" not in given and kind != "group":
        _refuse(given & {"threshold", "definition"}, "needs --service-level")
    if not kind:
        _check_calls(given, options)


def _check_kind(given: Collection[str], kind: str) -> None:
    for name in sorted(set(given) - _UNDERSTOOD[kind] - _ANYWHERE):
        home = _BELONGS_TO.get(name, kind)
        if home != kind:
            raise EngineInputError(f"{option(name)} goes with {option(home)}")
        why = ""
        if name == "heads":
            why = f", which finds {'fractions of' if kind == 'due' else 'whole'} agents"
        raise EngineInputError(f"{option(name)} does not go with {option(kind)}{why}")


def _check_calls(given: Collection[str], options: dict[str, Any]) -> None:
    """What contacts that wait in a queue need, by the model."""
    model = options["model"]
    if model != Model.ERLANG_A.value:
        _refuse(
            set(given) & {"patience"},
            f"needs --model {Model.ERLANG_A}: in {model} nobody waits impatiently",
        )
    if "start" in given and options["start"] != Start.EMPTY and is_stationary(options):
        raise EngineInputError(
            "--start needs work that is carried over; with --stationary, --redial,"
            " --waiting-room and erlang-b each interval is worked out by itself"
        )


def _refuse(names: Collection[str], why: str) -> None:
    for name in sorted(names):
        raise EngineInputError(f"{option(name)} {why}")
