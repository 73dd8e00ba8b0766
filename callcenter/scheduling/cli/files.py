"""The tables that the pipeline writes, each complete or not at all."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from callcenter.engine.rostering import PlannedShift
from callcenter.scheduling.cli.plan import Plan

Row = Sequence[object]


def write_all(plan: Plan, out: Path) -> None:
    """Write every table into the folder."""
    _write(
        out / "forecast.csv",
        ("queue", "interval_start", "offered", "lower", "upper", "aht_s"),
        _forecast_rows(plan),
    )
    _write(
        out / "requirement.csv",
        (
            "queue",
            "interval_start",
            "offered",
            "load_erlangs",
            "required_agents",
            "scheduled_agents",
            "sl",
            "asa_s",
            "occupancy",
        ),
        _requirement_rows(plan),
    )
    _write(
        out / "schedule.csv",
        ("agent", "day", "shift", "starts_at", "ends_at", "paid_h", "breaks"),
        _schedule_rows(plan),
    )
    _write(
        out / "coverage.csv",
        ("queue", "interval_start", "wanted_agents", "scheduled_agents", "unmet"),
        _coverage_rows(plan),
    )
    _write(
        out / "seats.csv",
        ("agent", "day", "seat", "starts_at", "ends_at"),
        _seat_rows(plan),
    )


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    partial.replace(path)


def _forecast_rows(plan: Plan) -> Iterator[Row]:
    found = plan.forecast
    for queue, name in enumerate(plan.queues):
        for day, slot in _open_slots(plan):
            cell = (queue, day, slot)
            yield (
                name,
                stamp(plan.slot_start(day, slot)),
                f"{found.mean[cell]:.3f}",
                f"{found.lower[cell]:.3f}",
                f"{found.upper[cell]:.3f}",
                f"{plan.aht_s[cell]:.1f}",
            )


def _requirement_rows(plan: Plan) -> Iterator[Row]:
    found = plan.requirement
    offered = plan.forecast.mean
    if plan.terms.is_pooled:
        offered = offered.sum(axis=0, keepdims=True)
    for queue, name in enumerate(plan.staffed_queues):
        for day, slot in _open_slots(plan):
            cell = (queue, day, slot)
            yield (
                name,
                stamp(plan.slot_start(day, slot)),
                f"{offered[cell]:.3f}",
                f"{found.load_erlangs[cell]:.4f}",
                f"{found.required_agents[cell]:.0f}",
                f"{plan.wanted[cell]:.3f}",
                f"{found.sl[cell]:.4f}",
                f"{found.asa_s[cell]:.2f}",
                f"{found.occupancy[cell]:.4f}",
            )


def _open_slots(plan: Plan) -> list[tuple[int, int]]:
    days, slots = np.nonzero(plan.ahead.is_open)
    return list(zip(days.tolist(), slots.tolist(), strict=True))


def _schedule_rows(plan: Plan) -> Iterator[Row]:
    problem = plan.problem
    for shift in plan.roster.shifts:
        yield (
            problem.agents[shift.agent].key,
            day_of(plan, shift),
            problem.templates[shift.template].code,
            stamp(plan.instant(shift.start)),
            stamp(plan.instant(shift.end)),
            f"{shift.paid_min / 60:g}",
            "; ".join(_break_words(plan, shift)),
        )


def _break_words(plan: Plan, shift: PlannedShift) -> list[str]:
    """Each break as local times, unpaid ones marked."""
    words = []
    for pause in shift.breaks:
        first, last = (
            plan.instant(index).astimezone(plan.zone)
            for index in (pause.start, pause.end)
        )
        mark = "" if pause.is_paid else " unpaid"
        words.append(f"{pause.code} {first:%H:%M}-{last:%H:%M}{mark}")
    return words


def _coverage_rows(plan: Plan) -> Iterator[Row]:
    roster = plan.roster
    for queue, name in enumerate(plan.staffed_queues):
        wanted, given = roster.wanted_agents[queue], roster.scheduled_agents[queue]
        for index in np.flatnonzero((wanted > 0) | (given > 1e-9)):
            yield (
                name,
                stamp(plan.instant(int(index))),
                f"{wanted[index]:.3f}",
                f"{given[index]:.3f}",
                f"{roster.unmet[queue, index]:.3f}",
            )


def _seat_rows(plan: Plan) -> Iterator[Row]:
    for shift, seat in zip(plan.roster.shifts, plan.seating.seat_of, strict=True):
        yield (
            plan.problem.agents[shift.agent].key,
            day_of(plan, shift),
            plan.seats[int(seat)].key if seat >= 0 else "",
            stamp(plan.instant(shift.start)),
            stamp(plan.instant(shift.end)),
        )


def day_of(plan: Plan, shift: PlannedShift) -> str:
    """The local day on which a shift starts."""
    return plan.instant(shift.start).astimezone(plan.zone).date().isoformat()


def stamp(at: datetime) -> str:
    """An instant in UTC as our files write it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
