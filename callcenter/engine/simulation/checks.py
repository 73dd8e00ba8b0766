"""Whether a center makes sense; complaints name the place."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

import numpy as np

from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation.model import (
    Agent,
    AgentChoice,
    BreakRule,
    Campaign,
    Center,
    ContactChoice,
    ContactType,
    GivenContacts,
    OnClose,
    Skill,
)
from callcenter.engine.staffing.measures import ServiceLevelDefinition, checked


def checked_center(center: Center) -> None:
    """Refuse a center that has no meaning, with `EngineInputError`."""
    _number("n_intervals", center.n_intervals, least=1, whole=True)
    _number("interval_s", center.interval_s, above=0.0)
    _number("day_cv", center.day_cv, least=0.0, most=1.0)
    _number("warm_up_s", center.warm_up_s, least=0.0)
    if center.capacity is not None:
        _number("capacity", center.capacity, least=0, whole=True)
    if center.warm_up_s % center.interval_s:
        raise EngineInputError("warm_up_s must be whole intervals")
    if center.warm_up_s >= center.n_intervals * center.interval_s:
        raise EngineInputError("warm_up_s leaves no interval")
    _one_of("rules.agent_choice", center.rules.agent_choice, AgentChoice)
    _one_of("rules.contact_choice", center.rules.contact_choice, ContactChoice)
    _one_of("rules.breaks", center.rules.breaks, BreakRule)
    names = [t.name for t in center.types] + [k.name for k in center.campaigns]
    if not names:
        raise EngineInputError("types: a center needs a contact type or a campaign")
    _distinct("types and campaigns", names)
    _distinct("groups", (g.name for g in center.groups))
    _distinct("agents", (a.name for a in center.agents))
    _check_all(center, set(names))


def _check_all(center: Center, names: set[str]) -> None:
    types = {t.name for t in center.types}
    for contact_type in center.types:
        _check_type(contact_type, types)
    _check_circles(center.types)
    for campaign in center.campaigns:
        _check_campaign(campaign)
    for group in center.groups:
        _check_skills(group.name, group.skills, names)
        _share(f"{group.name}.absence", group.absence)
        staff = np.asarray(group.staff, dtype=np.float64)
        if (staff != np.floor(staff)).any():
            raise EngineInputError(f"{group.name}.staff must be whole numbers")
    for agent in center.agents:
        _check_skills(agent.name, agent.skills, names)
        _share(f"{agent.name}.absence", agent.absence)
        _check_shifts(agent)
    if center.given is not None:
        _check_given(center.given, len(center.types))


def _check_type(of: ContactType, types: set[str]) -> None:
    name = of.name
    _number(f"{name}.balk", of.balk, least=0.0, below=1.0)
    _number(f"{name}.together", of.together, least=1, most=1000, whole=True)
    _number(f"{name}.slow_down", of.slow_down, least=0.0)
    _number(f"{name}.weight", of.weight, above=0.0)
    _number(f"{name}.day_cv", of.day_cv, least=0.0, most=1.0)
    _share(f"{name}.sl_target", of.sl_target)
    _number(f"{name}.sl_threshold_s", of.sl_threshold_s, least=0.0)
    _one_of(f"{name}.on_close", of.on_close, OnClose)
    _one_of(f"{name}.sl_definition", of.sl_definition, ServiceLevelDefinition)
    if of.capacity is not None:
        _number(f"{name}.capacity", of.capacity, least=0, whole=True)
    if of.closes_at_s is not None:
        _number(f"{name}.closes_at_s", of.closes_at_s, least=0.0)
    if of.redial is not None:
        _share(f"{name}.redial.probability", of.redial.probability)
        most = of.redial.max_attempts
        _number(f"{name}.redial.max_attempts", most, least=1, whole=True)
    for to, share in of.transfers.items():
        _share(f"{name}.transfers.{to}", share)
        if to not in types:
            raise EngineInputError(f"{name}.transfers: {to!r} is not a contact type")
    if sum(of.transfers.values()) > 1.0 + 1e-9:
        raise EngineInputError(f"{name}.transfers add up to more than 1")


def _check_circles(types: Sequence[ContactType]) -> None:
    """Refuse transfers that never end: their expected number must be finite."""
    place = {contact_type.name: k for k, contact_type in enumerate(types)}
    passed = np.zeros((len(types), len(types)))
    for contact_type in types:
        for to, share in contact_type.transfers.items():
            passed[place[contact_type.name], place[to]] = share
    if types and np.abs(np.linalg.eigvals(passed)).max() > 1.0 - 1e-6:
        raise EngineInputError("transfers go round in circles for ever")


def _check_campaign(of: Campaign) -> None:
    _share(f"{of.name}.retry", of.retry)
    if (np.asarray(of.reach, dtype=np.float64) > 1.0).any():
        raise EngineInputError(f"{of.name}.reach must be at most 1")
    if of.retry > 0.0 and of.retry_delay is None:
        raise EngineInputError(f"{of.name}.retry_delay is missing")
    if of.list_size is not None:
        _number(f"{of.name}.list_size", of.list_size, least=0, whole=True)
    if of.dial.mean_s is not None:
        checked(f"{of.name}.dial.mean_s", of.dial.mean_s, above=0.0)


def _check_skills(who: str, skills: Sequence[Skill], names: set[str]) -> None:
    if not skills:
        raise EngineInputError(f"{who}.skills: nothing is taken by {who!r}")
    _distinct(f"{who}.skills", (s.of for s in skills))
    for skill in skills:
        where = f"{who}.skills.{skill.of}"
        if skill.of not in names:
            raise EngineInputError(
                f"{where}: there is no contact type or campaign {skill.of!r}"
            )
        _number(f"{where}.priority", skill.priority, least=0, whole=True)
        _number(f"{where}.speed", skill.speed, above=0.0)
        _number(f"{where}.after_s", skill.after_s, least=0.0)
        _number(f"{where}.reserve", skill.reserve, least=0, whole=True)


def _check_shifts(agent: Agent) -> None:
    for shift in agent.shifts:
        where = f"{agent.name}.shifts"
        _number(f"{where}.start_s", shift.start_s, least=0.0)
        _number(f"{where}.end_s", shift.end_s, above=float(shift.start_s))
        for at, length in shift.breaks:
            _number(f"{where}.breaks.length", length, above=0.0)
            _number(
                f"{where}.breaks.start",
                at,
                least=float(shift.start_s),
                below=float(shift.end_s),
            )
    for earlier, later in pairwise(agent.shifts):
        if later.start_s < earlier.end_s:
            raise EngineInputError(f"{agent.name}.shifts overlap or are out of order")


def _check_given(given: GivenContacts, n_types: int) -> None:
    at_s = np.asarray(given.at_s, dtype=np.float64)
    of = np.asarray(given.of)
    if at_s.ndim != 1 or at_s.size == 0 or of.shape != at_s.shape:
        raise EngineInputError("given.at_s and given.of must be of one length, not 0")
    if not np.isfinite(at_s).all() or at_s[0] < 0.0 or (np.diff(at_s) < 0.0).any():
        raise EngineInputError("given.at_s must be ascending and not negative")
    if of.dtype.kind not in "iu" or (of < 0).any() or (of >= n_types).any():
        raise EngineInputError("given.of must be indices of contact types")
    for name, values in (
        ("service_s", given.service_s),
        ("patience_s", given.patience_s),
    ):
        if values is None:
            continue
        array = np.asarray(values, dtype=np.float64)
        if array.shape != at_s.shape or (array < 0.0).any():
            raise EngineInputError(f"given.{name} must be as long, and not negative")
    if given.service_s is not None and np.isinf(np.asarray(given.service_s)).any():
        raise EngineInputError("given.service_s must be finite")


def _share(where: str, value: float) -> None:
    _number(where, value, least=0.0, most=1.0)


def _number(
    where: str,
    value: object,
    *,
    least: float = -np.inf,
    above: float = -np.inf,
    most: float = np.inf,
    below: float = np.inf,
    whole: bool = False,
) -> None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise EngineInputError(f"{where} must be a number") from error
    bounds = (
        (np.isfinite(number), "finite"),
        (number >= least, f"at least {least:g}"),
        (number > above, f"greater than {above:g}"),
        (number <= most, f"at most {most:g}"),
        (number < below, f"less than {below:g}"),
        (not whole or number % 1 == 0, "a whole number"),
    )
    for is_met, bound in bounds:
        if not is_met:
            raise EngineInputError(f"{where} must be {bound}, not {value!r}")


def _one_of(where: str, value: str, words: type[StrEnum]) -> None:
    if value not in set(words):
        choice = ", ".join(word.value for word in words)
        raise EngineInputError(f"{where} must be one of {choice}, not {value!r}")


def _distinct(where: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not name:
            raise EngineInputError(f"{where}: a name is missing")
        if name in seen:
            raise EngineInputError(f"{where}: {name!r} occurs twice")
        seen.add(name)
