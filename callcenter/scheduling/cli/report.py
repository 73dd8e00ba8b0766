"""The report of the pipeline on paper."""

from datetime import timedelta
from pathlib import Path

import numpy as np

from callcenter.scheduling.cli.plan import Plan
from callcenter.web.pdf import (
    Facts,
    Grid,
    Heading,
    PageBreak,
    Paragraph,
    Part,
    Plot,
    Report,
    render_pdf,
)


def write_report(plan: Plan, path: Path) -> None:
    """Write the report as a PDF."""
    report = Report(
        title="From call records to a schedule",
        subtitle=f"{plan.n_days} days from {plan.first_day}, zone {plan.zone.key}",
        parts=[
            *_summary(plan),
            *_forecast_parts(plan),
            PageBreak(),
            *_coverage_parts(plan),
            *_roster_parts(plan),
        ],
    )
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(render_pdf(report))
    partial.replace(path)


def _summary(plan: Plan) -> list[Part]:
    rows = [tuple(line.split(": ", 1)) for line in plan.summary()]
    return [Facts([(name, text) for name, text in rows])]


def _forecast_parts(plan: Plan) -> list[Part]:
    days = [plan.first_day + timedelta(days=each) for each in range(plan.n_days)]
    labels = [f"{day:%a %d}" for day in days]
    history = plan.history
    past = history.offered.sum(axis=(0, 2)) if history is not None else np.zeros(0)
    first = plan.history_first
    past_labels = [f"{first + timedelta(days=each):%d %b}" for each in range(len(past))]
    mean = plan.forecast.mean.sum(axis=(0, 2))
    return [
        Heading("Forecast"),
        Plot(
            "Contacts a day, past",
            past_labels,
            [("offered", [float(v) for v in past])],
            kind="bar",
            height_pt=140,
        ),
        Plot(
            "Contacts a day, expected",
            labels,
            [("forecast", [float(v) for v in mean])],
            kind="bar",
            height_pt=140,
        ),
        _week_plot(plan),
        Grid(
            ["Queue", "Contacts", "Handling time, s", "Method", "Basis"],
            [
                [
                    name,
                    f"{plan.forecast.mean[queue].sum():,.0f}",
                    f"{_mean_aht(plan, queue):.0f}",
                    plan.forecast.method[queue].value,
                    plan.forecast.status[queue].value,
                ]
                for queue, name in enumerate(plan.queues)
            ],
            is_figure=[False, True, True, False, False],
        ),
    ]


def _mean_aht(plan: Plan, queue: int) -> float:
    contacts = plan.forecast.mean[queue]
    total = float(contacts.sum())
    return float((contacts * plan.aht_s[queue]).sum() / total) if total else 0.0


def _week_plot(plan: Plan) -> Plot:
    """The first week, slot by slot, with the band of all queues added up."""
    found = plan.forecast
    week = min(7, plan.n_days)
    labels = [
        f"{plan.first_day + timedelta(days=day):%a} {slot * 24 // plan.n_slots:02d}"
        for day in range(week)
        for slot in range(plan.n_slots)
    ]
    mean = found.mean.sum(axis=0)[:week].ravel()
    spread = np.sqrt(((found.upper - found.mean) ** 2).sum(axis=0))[:week].ravel()
    return Plot(
        f"Contacts by interval, first week, with a band of {found.level:.0%}",
        labels,
        [
            ("forecast", [float(v) for v in mean]),
            ("upper", [float(v) for v in mean + spread]),
        ],
    )


def _coverage_parts(plan: Plan) -> list[Part]:
    parts: list[Part] = [Heading("Agents: required and scheduled")]
    grid = plan.problem.grid
    for week in range(plan.terms.n_weeks):
        low, high = grid.day_starts[week * 7], grid.day_starts[(week + 1) * 7]
        wanted, given = (
            each[:, low:high].sum(axis=0).reshape(-1, 2).mean(axis=1)
            for each in (plan.roster.wanted_agents, plan.roster.scheduled_agents)
        )
        labels = [
            f"{plan.instant(int(low) + 2 * each).astimezone(plan.zone):%a %H}"
            for each in range(len(wanted))
        ]
        parts.append(
            Plot(
                f"Week {week + 1}",
                labels,
                [
                    ("required", [float(v) for v in wanted]),
                    ("scheduled", [float(v) for v in given]),
                ],
            )
        )
    return [*parts, _day_grid(plan)]


def _day_grid(plan: Plan) -> Grid:
    grid, roster = plan.problem.grid, plan.roster
    rows = []
    for day in range(plan.n_days):
        span = slice(grid.day_starts[day], grid.day_starts[day + 1])
        wanted = roster.wanted_agents[:, span].sum() / 4
        unmet = roster.unmet[:, span].sum() / 4
        shifts = sum(shift.day == day for shift in roster.shifts)
        at = plan.first_day + timedelta(days=day)
        covered = 1 - unmet / wanted if wanted else 1.0
        rows.append(
            [
                f"{at:%a %d %b}",
                f"{wanted:,.1f}",
                f"{unmet:,.1f}",
                f"{covered:.1%}",
                str(shifts),
            ]
        )
    header = ["Day", "Required, h", "Missing, h", "Covered", "Shifts"]
    return Grid(header, rows)


def _roster_parts(plan: Plan) -> list[Part]:
    verdict = plan.verdict
    word = (
        "A second, independent program counted every rule and every point again; it "
        + (
            "agrees, and no rule is broken."
            if verdict.is_legal and verdict.is_honest
            else "found broken rules; see below."
        )
    )
    parts: list[Part] = [Heading("What the points are for"), Paragraph(word)]
    parts.append(
        Grid(
            ["Goal", "Points"],
            [
                [rule.value.replace("_", " "), f"{points:,.1f}"]
                for rule, points in plan.roster.penalties.items()
            ],
        )
    )
    if verdict.broken:
        parts.append(
            Grid(
                ["Agent", "Rule", "Found", "Allowed"],
                [
                    [
                        plan.problem.agents[each.agent].key,
                        each.rule.value.replace("_", " "),
                        f"{each.found:g} {each.unit}",
                        f"{each.limit:g} {each.unit}",
                    ]
                    for each in verdict.broken[:40]
                ],
            )
        )
    return parts
