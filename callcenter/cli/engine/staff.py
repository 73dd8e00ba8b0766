"""``callcenter engine staff``: from a forecast in a file to the agents it needs."""

import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from callcenter.cli.engine.durations import DURATION
from callcenter.cli.engine.forecast_file import ForecastFile, runs_of
from callcenter.cli.engine.other_work import (
    Group,
    GroupAgents,
    group_of,
    staff_chats,
    staff_deferred,
    staff_groups,
)
from callcenter.cli.engine.places import OutputPath
from callcenter.cli.engine.staff_options import (
    SHARE,
    check_options,
    in_options,
    is_stationary,
)
from callcenter.engine.errors import EngineInputError
from callcenter.engine.staffing import (
    Heads,
    Model,
    Requirement,
    ServiceLevelDefinition,
    Start,
    combined_shrinkage,
    required_agents,
    scheduled_agents,
    staff_over_time,
    whole_agents,
)
from callcenter.kernel.options import ZoneType

_COLUMNS = (
    "required_agents",
    "scheduled_agents",
    "sl",
    "asa_s",
    "occupancy",
    "abandon",
)


def share_of_kind(text: str) -> tuple[str, float]:
    """A share of paid time and its kind: 0.3 of all kinds, or breaks=0.08."""
    kind, _, share = text.rpartition("=")
    try:
        number = float(share)
    except ValueError:
        number = -1.0
    if not 0.0 <= number < 1.0:
        raise click.BadParameter(f"{text!r} is not a share such as 0.3 or breaks=0.08")
    return kind or "all", number


@click.command()
@click.argument(
    "forecast", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--service-level", type=SHARE, help="Share to answer in time, 0.8.")
@click.option("--threshold", type=DURATION, default="20s", help="In time: 20s, 1m.")
@click.option(
    "--definition",
    type=click.Choice([each.value for each in ServiceLevelDefinition]),
    default=ServiceLevelDefinition.OFFERED.value,
    help="Which contacts the service level counts.",
)
@click.option("--max-asa", type=DURATION, help="Longest mean wait.")
@click.option("--max-abandon", type=SHARE, help="Greatest share that gives up.")
@click.option("--max-occupancy", type=SHARE, help="Greatest share of busy time, 0.85.")
@click.option(
    "--model",
    type=click.Choice([each.value for each in Model]),
    default=Model.ERLANG_C.value,
    show_default=True,
)
@click.option("--patience", type=DURATION, help="Mean patience, for erlang-a.")
@click.option(
    "--redial", type=SHARE, help="Share of those who gave up that call again."
)
@click.option(
    "--waiting-room", type=int, help="Most contacts that can wait; others are lost."
)
@click.option(
    "--shrinkage",
    type=share_of_kind,
    multiple=True,
    help="Share of paid time not on contacts; repeat it for several kinds.",
)
@click.option(
    "--heads",
    type=click.Choice([each.value for each in Heads]),
    default=Heads.WHOLE.value,
    show_default=True,
    help="Whole agents that meet the targets, the nearest whole, or fractions.",
)
@click.option(
    "--start",
    type=click.Choice([each.value for each in Start]),
    default=Start.EMPTY.value,
    show_default=True,
    help="Whether the first interval of the file finds an empty or a running queue.",
)
@click.option(
    "--stationary",
    is_flag=True,
    help="Each interval by itself, as the textbook does, nothing carried over.",
)
@click.option(
    "--chats", type=click.IntRange(min=1), help="Chats that an agent holds at once."
)
@click.option(
    "--slowdown",
    type=click.FloatRange(0.0, 1.0),
    default=0.0,
    help="Share by which each chat more lengthens all of an agent.",
)
@click.option(
    "--due", type=DURATION, help="Work may wait, and is done within: 4h, 24h."
)
@click.option(
    "--backlog",
    type=click.FloatRange(min=0.0),
    default=0.0,
    help="Contacts that wait when each series begins, with --due.",
)
@click.option(
    "--finish",
    is_flag=True,
    help="Nothing is left when a series ends, also what is due later, with --due.",
)
@click.option(
    "--group",
    type=group_of,
    multiple=True,
    help="Agents who take several series: bilingual=EN,ZH. Repeat it for each group.",
)
@click.option(
    "--days",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="Days of each simulation, with --group.",
)
@click.option("--interval", type=DURATION, help="Length; else the least gap there is.")
@click.option("--timezone", type=ZoneType(), help="Of times without an offset.")
@click.option("--out", type=OutputPath(), default="-")
@click.pass_context
def staff(context: click.Context, /, forecast: Path, **options: Any) -> None:
    """Add the agents that the contacts of FORECAST need, and the service they give.

    FORECAST is a CSV file with the columns series, interval_start, offered and aht_s;
    others are kept. Intervals of a series that follow each other are staffed as one
    run: each begins with the contacts that the last one left. Losses and redials are
    worked out for each interval by itself. With --chats, --due or --group the work is
    of another kind; docs/engine/staffing.md tells which options go together.
    """
    try:
        lost = combined_shrinkage(_kinds(options["shrinkage"]))
        check_options(context)
        file = ForecastFile.read(forecast, options["interval"], options["timezone"])
        if options["group"]:
            groups = staff_groups(
                file, options["group"], _asked(options), options["days"]
            )
            _write_groups(options["out"], options["group"], groups, float(lost))
            return
        staffed = _staffed(file, options)
    except EngineInputError as error:
        raise click.UsageError(in_options(error)) from error
    columns = _columns(staffed.found, float(lost), staffed.heads) | staffed.more
    file.write(options["out"], columns)
    if staffed.note:
        click.echo(staffed.note, err=True)


@dataclass(frozen=True)
class _Staffed:
    """What rows need, how it is rounded, further columns, and what to say of it."""

    found: Requirement
    heads: Heads
    more: dict[str, list[str]] = field(default_factory=dict)
    note: str = ""


def _asked(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[given] for name, given in _TARGETS.items()}


def _staffed(file: ForecastFile, options: dict[str, Any]) -> _Staffed:
    """Staff the rows as the kind of their work asks for."""
    heads, asked = Heads(options["heads"]), _asked(options)
    if options["due"] is not None:
        return _staffed_deferred(file, options)
    if options["chats"] is not None:
        found = staff_chats(
            file,
            options["chats"],
            options["slowdown"],
            asked,
            is_stationary=options["stationary"],
        )
    elif is_stationary(options):
        special = {name: options[name] for name in ("redial", "waiting_room")}
        found = required_agents(
            file.offered, file.aht_s, file.interval_s, heads=heads, **asked, **special
        )
    else:
        found = _over_time(file, asked, heads, Start(options["start"]))
    return _Staffed(found, heads)


def _staffed_deferred(file: ForecastFile, options: dict[str, Any]) -> _Staffed:
    spread = staff_deferred(
        file,
        options["due"],
        options["backlog"],
        options["max_occupancy"],
        is_finished=options["finish"],
    )
    more = {"backlog": [_plain(each, 3) for each in spread.backlog.tolist()]}
    note = "\n".join(
        f"{series}: {_plain(left, 1)} contacts are not due before the file ends and are"
        " left; with --finish they are done before"
        for series, left in spread.left.items()
        if left > 0.05
    )
    return _Staffed(spread.found, Heads.FRACTIONAL, more, note)


def _write_groups(
    out: str, groups: tuple[Group, ...], found: GroupAgents, shrinkage: float
) -> None:
    """A row for each group and series in each interval; sums of both ends last."""
    times = [
        datetime.fromtimestamp(each, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for each in found.start_s.tolist()
    ]
    rows = [
        ("group", group.name, agents)
        for group, agents in zip(groups, found.agents, strict=True)
    ]
    rows += [("all", "pooled", found.pooled), ("all", "separate", found.separate)]
    with click.open_file(out, "w", encoding="utf-8", lazy=False) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            [
                "kind",
                "name",
                "interval_start",
                "required_agents",
                "scheduled_agents",
                "sl",
            ]
        )
        for kind, name, agents in rows:
            scheduled = whole_agents(scheduled_agents(agents, shrinkage))
            for at, need, plan in zip(times, agents, scheduled, strict=True):
                writer.writerow([kind, name, at, _plain(need, 3), _plain(plan, 3), ""])
        for name, service in zip(found.series, found.sl, strict=True):
            for at, sl in zip(times, service, strict=True):
                if sl == sl:  # NaN where nothing is offered  # noqa: PLR0124
                    writer.writerow(["series", name, at, "", "", _plain(sl, 6)])


_TARGETS = {
    "model": "model",
    "patience_s": "patience",
    "sl_target": "service_level",
    "sl_threshold_s": "threshold",
    "sl_definition": "definition",
    "max_asa_s": "max_asa",
    "max_abandon": "max_abandon",
    "max_occupancy": "max_occupancy",
}


def _kinds(given: tuple[tuple[str, float], ...]) -> dict[str, float]:
    """Shares by kind; the same kind twice is a mistake, not a sum."""
    kinds = dict(given)
    if len(kinds) < len(given):
        raise EngineInputError("--shrinkage names a kind twice")
    return kinds


def _over_time(
    file: ForecastFile, asked: dict[str, Any], heads: Heads, start: Start
) -> Requirement:
    """Staff runs of consecutive intervals, those of one length together."""
    found = {name: np.zeros(file.offered.size) for name in Requirement.__annotations__}
    found["sl"][:] = 1.0
    is_first = file.start_s == file.start_s.min()
    for run in runs_of(file):
        begins = is_first[run[:, 0]] & (start is Start.RUNNING)
        for rows, how in ((run[begins], start), (run[~begins], Start.EMPTY)):
            if not rows.size:
                continue
            part = staff_over_time(
                file.offered[rows],
                file.aht_s[rows],
                file.interval_s,
                heads=heads,
                start=how,
                **asked,
            )
            for name, values in vars(part).items():
                found[name][rows] = values
    return Requirement(**found)


def _columns(
    found: Requirement, shrinkage: float, heads: Heads
) -> dict[str, list[str]]:
    scheduled = scheduled_agents(found.required_agents, shrinkage)
    if heads is not Heads.FRACTIONAL:
        scheduled = whole_agents(scheduled)
    values = (
        (found.required_agents, 3),
        (scheduled, 3),
        (found.sl, 6),
        (found.asa_s, 3),
        (found.occupancy, 6),
        (found.abandon_rate, 6),
    )
    return {
        name: [_plain(value, digits) for value in column.tolist()]
        for name, (column, digits) in zip(_COLUMNS, values, strict=True)
    }


def _plain(value: float, digits: int) -> str:
    """A number with at most that many digits and no trailing zeros."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
