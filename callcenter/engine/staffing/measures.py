"""What a caller meets: the service that a number of agents gives to a load."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]


class Model(StrEnum):
    """The queueing model a requirement rests on."""

    ERLANG_B = "erlang-b"
    """Nobody waits: who finds all agents busy is lost."""
    ERLANG_C = "erlang-c"
    """Everybody waits as long as it takes."""
    ERLANG_A = "erlang-a"
    """Who waits longer than an exponential patience leaves."""


class Heads(StrEnum):
    """What a number of agents may be."""

    WHOLE = "whole"
    """The least whole number that meets the targets."""
    NEAREST = "nearest"
    """The whole number nearest to the fraction: targets are met on average."""
    FRACTIONAL = "fractional"
    """12.4 are 12 agents, and a thirteenth during 0.4 of the interval."""


class Start(StrEnum):
    """What the first interval of a row begins with."""

    EMPTY = "empty"
    """The queue opens: nobody is in it."""
    RUNNING = "running"
    """The queue has been running on the first interval's load."""


class ServiceLevelDefinition(StrEnum):
    """Which contacts a service level counts; the client contract names one.

    The numerator is always the contacts answered within the threshold. Where nobody
    abandons the three are equal.
    """

    OFFERED = "offered"
    """Of all offered contacts: each abandon counts against the service."""
    ANSWERED = "answered"
    """Of the answered contacts: abandons do not count at all."""
    EXCLUDING_SHORT_ABANDONS = "excluding-short-abandons"
    """Of the offered contacts but those that gave up within the threshold."""


@dataclass(frozen=True)
class QueueMeasures:
    """The steady state of one queue per cell; every array has the same shape.

    Attributes
    ----------
    wait_probability : ndarray of float, probability that a contact finds nobody free
    sl : ndarray of float, fraction in [0, 1], by the definition that was asked
    asa_s : ndarray of float, seconds, mean wait of answered contacts, may be inf
    mean_wait_s : ndarray of float, seconds, mean wait of all contacts, may be inf
    occupancy : ndarray of float, fraction in [0, 1]
    abandon_rate : ndarray of float, fraction of offered contacts
    """

    wait_probability: Floats
    sl: Floats
    asa_s: Floats
    mean_wait_s: Floats
    occupancy: Floats
    abandon_rate: Floats


def checked(name: str, value: ArrayLike, *, above: float = -np.inf) -> Floats:
    """The argument as an array of finite floats, all of them >= 0 and > `above`.

    Raises `EngineInputError` naming the argument otherwise.
    """
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineInputError(f"{name} must be numbers") from error
    if not np.isfinite(array).all():
        raise EngineInputError(f"{name} holds a value that is missing or infinite")
    if (array < 0.0).any() or (array <= above).any():
        bound = f"greater than {above:g}" if above >= 0.0 else "not negative"
        raise EngineInputError(f"{name} must be {bound}")
    return array


def broadcast(**arguments: Floats) -> tuple[tuple[int, ...], list[Floats]]:
    """The common shape of the arguments, and each of them flat in that shape.

    Raises `EngineInputError` when the shapes do not fit.
    """
    try:
        shape = np.broadcast_shapes(*(value.shape for value in arguments.values()))
    except ValueError as error:
        shapes = ", ".join(f"{name} {value.shape}" for name, value in arguments.items())
        raise EngineInputError(f"the shapes do not fit: {shapes}") from error
    return shape, [np.broadcast_to(v, shape).reshape(-1) for v in arguments.values()]
