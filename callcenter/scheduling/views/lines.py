"""The lines of the roster board, written in Python: a page has hundreds of cells."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import url_for
from markupsafe import Markup, escape

from callcenter.kernel.text import _
from callcenter.scheduling.models import ActivityKind, Schedule
from callcenter.scheduling.models.roster import day_start
from callcenter.scheduling.queries import BoardAgent, BoardShift
from callcenter.scheduling.views import words
from callcenter.web import filters
from callcenter.web.icons import icon

Part = tuple[ActivityKind, datetime, datetime]


@dataclass(frozen=True)
class Lines:
    """What lines are drawn from: agents with their shifts on the days shown."""

    schedule: Schedule
    days: Sequence[date]
    agents: Sequence[BoardAgent]
    shifts: Sequence[BoardShift]
    may_move: bool = False

    def of_week(self) -> Iterator[Markup]:
        """A line an agent, a cell a day."""
        for agent in self.agents:
            yield self._week(agent, self._by_agent[agent.id])

    def of_day(
        self, parts: Mapping[int, Sequence[Part]], now_x: int | None
    ) -> Iterator[Markup]:
        """A line an agent, drawn over the minutes of one day."""
        midnight = day_start(self.days[0], self.schedule.tz)
        for agent in self.agents:
            bars = [
                self._bar(each, midnight, parts.get(each.id, ()))
                for each in self._by_agent[agent.id]
            ]
            yield self._day(agent, bars, now_x)

    @cached_property
    def _by_agent(self) -> Mapping[int, list[BoardShift]]:
        found: dict[int, list[BoardShift]] = defaultdict(list)
        for shift in self.shifts:
            found[shift.employee_id].append(shift)
        return found

    @cached_property
    def _zone(self) -> ZoneInfo:
        return self.schedule.tz

    def _times(self, shift: BoardShift) -> str:
        starts = shift.starts_at.astimezone(self._zone)
        ends = shift.ends_at.astimezone(self._zone)
        return f"{starts.hour:02}:{starts.minute:02}–{ends.hour:02}:{ends.minute:02}"

    @cached_property
    def _shift_url(self) -> str:
        return url_for("scheduling.shift", shift_id=0).removesuffix("0")

    @cached_property
    def _add_url(self) -> str:
        return url_for("scheduling.add_shift", schedule_id=self.schedule.id)

    @cached_property
    def _named_days(self) -> list[tuple[str, Markup]]:
        return [
            (day.isoformat(), escape(filters.day(day, "weekday_day")))
            for day in self.days
        ]

    @cached_property
    def _texts(self) -> tuple[Markup, Markup, Markup]:
        """What cells say over and over, asked for once: they wait for their values."""
        pinned = icon("lock", _("Changed by hand"))
        add = escape(_("Add a shift for %(name)s on %(day)s"))
        return escape(_("no seat")), Markup(" ") + pinned, add

    def _week(self, agent: BoardAgent, shifts: Sequence[BoardShift]) -> Markup:
        name, team = escape(agent.name), escape(agent.team_name or "")
        by_day: dict[str, str] = defaultdict(str)
        for each in shifts:
            by_day[each.day.isoformat()] += self._week_shift(each)
        cells = []
        for key, shown in self._named_days:
            content = by_day.get(key)
            if content is None:
                content = self._plus(agent.id, name, key, shown)
            cells.append(f'<td data-day="{key}">{content}</td>')
        paid = filters.hours(sum(each.paid_min for each in shifts) / 60)
        return Markup(  # noqa: S704 - names are escaped above
            f'<tr data-employee="{agent.id}">'
            f'<th scope="row"><span>{name}</span><small>{team}</small></th>'
            f'{"".join(cells)}<td class="num">{escape(paid)}</td></tr>'
        )

    def _week_shift(self, shift: BoardShift) -> str:
        no_seat, pinned, _add = self._texts
        seat = no_seat if shift.seat_code is None else escape(shift.seat_code)
        return (
            f'<a class="shift tint-{escape(shift.colour or "grey")}"'
            f' href="{self._shift_url}{shift.id}" data-shift="{shift.id}">'
            f'<span class="shift-time">{self._times(shift)}</span>'
            f"<small>{seat}{pinned if shift.is_pinned else ''}</small></a>"
        )

    def _plus(self, agent_id: int, name: Markup, day: str, shown: Markup) -> str:
        if not self.may_move:
            return ""
        label = self._texts[2] % {"name": name, "day": shown}
        return (
            f'<a class="shift-add" aria-label="{label}"'
            f' href="{self._add_url}?employee_id={agent_id}&amp;day={day}"></a>'
        )

    def _day(self, agent: BoardAgent, bars: list[str], now_x: int | None) -> Markup:
        shifts = self._by_agent[agent.id]
        zone = self.schedule.zone
        said = [filters.time_range(s.starts_at, s.ends_at, zone) for s in shifts]
        name = escape(agent.name)
        now = ""
        if now_x is not None:
            now = f'<line class="now" x1="{now_x}" x2="{now_x}" y1="0" y2="24"></line>'
        return Markup(  # noqa: S704 - names are escaped above
            f'<tr><th scope="row"><span>{name}</span>'
            f"<small>{escape(' '.join(said) or _('Free'))}</small></th>"
            '<td><svg class="day-line" viewBox="0 0 1440 24" role="group"'
            f' preserveAspectRatio="none" aria-label="{name}">'
            f"{now}{''.join(bars)}</svg></td></tr>"
        )

    def _bar(self, shift: BoardShift, midnight: datetime, parts: Sequence[Part]) -> str:
        def minute(at: datetime) -> int:
            return int((at - midnight).total_seconds() // 60)

        x = minute(shift.starts_at)
        label = filters.time_range(shift.starts_at, shift.ends_at, self.schedule.zone)
        drawn = "".join(
            f'<rect class="part part-{kind.value}" x="{minute(starts)}" y="6"'
            f' width="{minute(ends) - minute(starts)}" height="12">'
            f"<title>{self._part_names[kind]}</title></rect>"
            for kind, starts, ends in parts
        )
        return (
            f'<a href="{self._shift_url}{shift.id}" data-shift="{shift.id}"'
            f' aria-label="{label}">'
            f'<rect class="bar tint-{escape(shift.colour or "grey")}" x="{x}" y="2"'
            f' width="{minute(shift.ends_at) - x}" height="20" rx="3"></rect>'
            f"{drawn}</a>"
        )

    @cached_property
    def _part_names(self) -> dict[ActivityKind, Markup]:
        return {kind: escape(name) for kind, name in words.ACTIVITY_NAMES.items()}
