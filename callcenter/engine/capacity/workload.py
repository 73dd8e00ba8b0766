"""What a week requires, beyond the weeks that were staffed interval by interval.

Agents above the load are there for the randomness of contacts, and they grow with the
square root of it: ``agents = load + b sqrt(load)`` (the square-root staffing rule).
Over a week that is ``hours = work + b sqrt(work x open hours)``, with one ``b`` for a
queue, its target and its shape of day. It is learnt where intervals were staffed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from callcenter.engine.errors import EngineInputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SlackRule:
    """What a queue's agents do beside handling contacts, learnt from staffed weeks.

    Attributes
    ----------
    linear : float, hours of agents per hour of handling; more than 1 where an
        occupancy limit asks for agents in proportion to the work, less where one agent
        handles several contacts at once
    root : float, ``b`` of the square-root rule, >= 0
    open_h : float, open hours of an ordinary week
    n_weeks : int, weeks that it was learnt from
    """

    linear: float
    root: float
    open_h: float
    n_weeks: int


def learn_slack(
    work_h: ArrayLike, agent_h: ArrayLike, open_h: ArrayLike, *, is_patient: bool
) -> SlackRule | None:
    """Learn how agents' hours follow from handling hours.

    Parameters
    ----------
    work_h : array_like of float, shape (n_weeks,), hours of handling
    agent_h : array_like of float, shape (n_weeks,), hours of agents required, before
        shrinkage
    open_h : array_like of float, shape (n_weeks,), hours in which the queue is open
    is_patient : bool, whether agents are in proportion to the work: it may wait, or
        they dial, or they chat

    Returns
    -------
    SlackRule, or None where no week had any work

    Raises
    ------
    EngineInputError : the shapes differ, or a number is negative or missing

    Source: Halfin and Whitt (1981), Operations Research 29; Borst, Mandelbaum and
    Reiman (2004), Dimensioning large call centers, Operations Research 52.
    """
    work, agents, hours = (
        np.asarray(each, np.float64).reshape(-1) for each in (work_h, agent_h, open_h)
    )
    if not work.shape == agents.shape == hours.shape:
        raise EngineInputError("work_h, agent_h and open_h must be of one length")
    for values in (work, agents, hours):
        if not np.isfinite(values).all() or (values < 0.0).any():
            raise EngineInputError("hours must be numbers from 0")
    used = (work > 0.0) & (hours > 0.0)
    if not used.any():
        return None
    work, agents, hours = work[used], agents[used], hours[used]
    usual_h = float(np.median(hours))
    if is_patient:
        ratio = float(agents.sum() / work.sum())
        return SlackRule(ratio, 0.0, usual_h, int(used.sum()))
    scale = np.sqrt(work * hours)
    root = float(((agents - work) * scale).sum() / (scale**2).sum())
    return SlackRule(1.0, max(0.0, root), usual_h, int(used.sum()))


def required_parts(work_h: ArrayLike, rule: SlackRule) -> tuple[Floats, Floats]:
    """Hours of agents in two parts: in proportion to the work, and with its root.

    Parameters
    ----------
    work_h : array_like of float, shape (n_weeks,), hours of handling, >= 0
    rule : SlackRule

    Returns
    -------
    linear_h, root_h : ndarray of float, shape (n_weeks,), hours; of ``f`` times as much
        work the first is ``f`` times, the second ``sqrt(f)`` times as much
    """
    work = np.asarray(work_h, np.float64)
    return work * rule.linear, rule.root * np.sqrt(work * rule.open_h)


def scaled_hours(linear_h: ArrayLike, root_h: ArrayLike, factor: ArrayLike) -> Floats:
    """Hours of agents when the work is ``factor`` times what was forecast.

    Parameters
    ----------
    linear_h, root_h : array_like of float, shape (n_weeks,), hours
    factor : array_like of float, shape (n_weeks,), >= 0

    Returns
    -------
    ndarray of float, shape (n_weeks,), hours

    Raises
    ------
    EngineInputError : a factor is negative or missing
    """
    times = np.asarray(factor, np.float64)
    if not np.isfinite(times).all() or (times < 0.0).any():
        raise EngineInputError("factor must be a number from 0")
    linear, root = np.asarray(linear_h, np.float64), np.asarray(root_h, np.float64)
    return linear * times + root * np.sqrt(times)
