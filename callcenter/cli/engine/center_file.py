"""A center written down in TOML; ``docs/engine/simulation.md`` describes the format."""

from pathlib import Path
from typing import Any

import click

from callcenter.cli.engine.toml_tables import (
    Table,
    clock_s,
    length_s,
    lengths_s,
    number,
    numbers,
    read_toml,
    text,
    whole,
)
from callcenter.engine.simulation import (
    Agent,
    AgentChoice,
    BreakRule,
    Campaign,
    Center,
    ContactChoice,
    ContactType,
    Duration,
    Group,
    OnClose,
    Redial,
    Rules,
    Shape,
    Shift,
    Skill,
)
from callcenter.engine.staffing import ServiceLevelDefinition


def read_center(path: Path) -> Center:
    """The center of a file.

    Raises `click.UsageError` naming table and key that cannot be understood.
    """
    top = Table(path.name, read_toml(path))
    opens_s = top.get("opens_at", clock_s, 0.0)
    rules = Table("rules", top.get("rules", _as_is, {}))
    center = Center(
        n_intervals=top.need("intervals", whole),
        interval_s=top.need("interval", length_s),
        day_cv=top.get("day_cv", number, 0.0),
        warm_up_s=top.get("warm_up", length_s, 0.0),
        capacity=top.get("capacity", _whole_or_none, None),
        types=[_type(table, opens_s) for table in top.tables("type")],
        campaigns=[_campaign(table) for table in top.tables("campaign")],
        groups=[_group(table) for table in top.tables("group")],
        agents=[_agent(table, opens_s) for table in top.tables("agent")],
        rules=Rules(
            agent_choice=rules.get("agent_choice", text, AgentChoice.PRIORITY.value),
            contact_choice=rules.get(
                "contact_choice", text, ContactChoice.LONGEST_WAITING.value
            ),
            breaks=rules.get("breaks", text, BreakRule.WHOLE.value),
        ),
    )
    rules.close()
    top.close()
    return center


def _type(table: Table, opens_s: float) -> ContactType:
    service_level = Table(f"{table.where}.sl", table.get("sl", _as_is, {}))
    of_offered = ServiceLevelDefinition.OFFERED.value
    found = ContactType(
        name=table.need("name", text),
        offered=table.need("offered", numbers),
        service=table.need("service", _duration),
        after_work=table.get("after_work", _duration_or_none, None),
        patience=table.get("patience", _duration_or_none, None),
        balk=table.get("balk", number, 0.0),
        redial=table.get("redial", _redial, None),
        transfers=table.get("transfers", _shares, {}),
        capacity=table.get("capacity", _whole_or_none, None),
        together=table.get("together", whole, 1),
        slow_down=table.get("slow_down", number, 0.0),
        priority=table.get("priority", whole, 1),
        weight=table.get("weight", number, 1.0),
        day_cv=table.get("day_cv", number, 0.0),
        closes_at_s=_time_or_none(table, "closes_at", opens_s),
        on_close=table.get("on_close", text, OnClose.SERVE.value),
        sl_target=service_level.get("target", number, 0.8),
        sl_threshold_s=service_level.get("threshold", length_s, 20.0),
        sl_definition=service_level.get("definition", text, of_offered),
    )
    service_level.close()
    table.close()
    _check_work(table, found)
    return found


def _check_work(table: Table, of: ContactType) -> None:
    """Refuse contacts that take no time: in a file it is a mistake."""
    if of.service.mean_s is None or of.after_work is not None:
        return
    offered, mean_s = (
        value if isinstance(value, list) else [value]
        for value in (of.offered, of.service.mean_s)
    )
    n = max(len(offered), len(mean_s))
    pairs = zip(
        *(each * n if len(each) == 1 else each for each in (offered, mean_s)),
        strict=False,  # lengths that differ are refused with their intervals
    )
    for interval, (contacts, length) in enumerate(pairs):
        if contacts > 0.0 and length == 0.0:
            what = "must be greater than 0 where contacts are offered"
            where = f", as in interval {interval}" if n > 1 else ""
            raise table.complain("service", what + where)


def _campaign(table: Table) -> Campaign:
    found = Campaign(
        name=table.need("name", text),
        reach=table.need("reach", numbers),
        dial=table.need("dial", _duration),
        talk=table.need("talk", _duration),
        after_work=table.get("after_work", _duration_or_none, None),
        missed_work=table.get("missed_work", _duration_or_none, None),
        list_size=table.get("list_size", _whole_or_none, None),
        retry=table.get("retry", number, 0.0),
        retry_delay=table.get("retry_delay", _duration_or_none, None),
    )
    table.close()
    return found


def _group(table: Table) -> Group:
    found = Group(
        name=table.need("name", text),
        skills=table.need("skills", _skills),
        staff=table.need("staff", numbers),
        absence=table.get("absence", number, 0.0),
    )
    table.close()
    return found


def _agent(table: Table, opens_s: float) -> Agent:
    shifts = table.need("shifts", _list)
    found = Agent(
        name=table.need("name", text),
        skills=table.need("skills", _skills),
        shifts=[
            _shift(Table(f"{table.where}.shifts[{i}]", each), opens_s)
            for i, each in enumerate(shifts)
        ],
        absence=table.get("absence", number, 0.0),
    )
    table.close()
    return found


def _shift(table: Table, opens_s: float) -> Shift:
    breaks: list[tuple[float, float]] = []
    none: list[Any] = []
    for i, each in enumerate(table.get("breaks", _list, none)):
        rest = Table(f"{table.where}.breaks[{i}]", each)
        at_s = rest.need("start", clock_s) - opens_s
        breaks.append((at_s, rest.need("length", length_s)))
        rest.close()
    found = Shift(
        start_s=table.need("start", clock_s) - opens_s,
        end_s=table.need("end", clock_s) - opens_s,
        breaks=breaks,
    )
    table.close()
    return found


def _skills(where: str, value: Any) -> list[Skill]:
    """Names of types, or tables for skills with more to say."""
    skills = []
    for i, each in enumerate(_list(where, value)):
        if isinstance(each, str):
            skills.append(Skill(of=each))
            continue
        table = Table(f"{where}[{i}]", each)
        skills.append(
            Skill(
                of=table.need("of", text),
                priority=table.get("priority", whole, 1),
                speed=table.get("speed", number, 1.0),
                after_s=table.get("after", length_s, 0.0),
                reserve=table.get("reserve", whole, 0),
            )
        )
        table.close()
    return skills


def _duration(where: str, value: Any) -> Duration:
    """A mean, alone or in a table with its shape."""
    if not isinstance(value, dict):
        return Duration(mean_s=lengths_s(where, value))
    table = Table(where, value)
    values_s = table.get("values", _lengths_or_none, None)
    plain = Shape.EXPONENTIAL.value if values_s is None else Shape.EMPIRICAL.value
    shape = Shape.LOGNORMAL.value if "cv" in value else plain
    found = Duration(
        mean_s=table.get("mean", _lengths_or_none, None),
        shape=table.get("shape", text, shape),
        cv=table.get("cv", number, 1.0),
        values_s=values_s,
    )
    table.close()
    return found


def _redial(where: str, value: Any) -> Redial | None:
    table = Table(where, value)
    found = Redial(
        probability=table.need("probability", number),
        delay=table.need("delay", _duration),
        max_attempts=table.get("max_attempts", whole, 10),
    )
    table.close()
    return found


def _shares(where: str, value: Any) -> dict[str, float]:
    table = Table(where, value)
    return {name: table.need(name, number) for name in table.content}


def _time_or_none(table: Table, key: str, opens_s: float) -> float | None:
    at_s = table.get(key, _clock_or_none, None)
    return None if at_s is None else at_s - opens_s


def _clock_or_none(where: str, value: Any) -> float | None:
    return clock_s(where, value)


def _duration_or_none(where: str, value: Any) -> Duration | None:
    return _duration(where, value)


def _lengths_or_none(where: str, value: Any) -> float | list[float] | None:
    return lengths_s(where, value)


def _whole_or_none(where: str, value: Any) -> int | None:
    return whole(where, value)


def _list(where: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise click.UsageError(f"{where} must be a list, not {value!r}")
    return value


def _as_is(_where: str, value: Any) -> Any:
    return value
