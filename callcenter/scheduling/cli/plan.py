"""The whole way from call records to seats, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from callcenter.acd.connectors import ReadOptions, connector
from callcenter.acd.connectors.anonymous_bank import HOME_ZONE
from callcenter.acd.connectors.facts import FactTable
from callcenter.acd.connectors.mapping import mapping_from_toml
from callcenter.acd.connectors.records import ContactBatch, IntervalBatch
from callcenter.acd.connectors.sources import read_head
from callcenter.engine.forecasting import Forecast, forecast, make_calendar
from callcenter.engine.forecasting import History as VolumeHistory
from callcenter.engine.rostering import (
    Agent,
    Contract,
    Demand,
    Progress,
    Roster,
    RosterProblem,
    Verdict,
    check_roster,
    make_grid,
    solve_roster,
)
from callcenter.engine.seating import (
    Seat,
    Seating,
    SeatPlan,
    SeatRequest,
    assign_seats,
)
from callcenter.engine.staffing import Requirement, required_agents, scheduled_agents
from callcenter.scheduling import queries
from callcenter.scheduling.services.ground import contract_of, engine_template

Floats = NDArray[np.float64]
Tell = Callable[[float, str], None]
IMPLIED_ZONES = {"anonymous-bank": HOME_ZONE}
FEWEST_DAYS = 7
SEATS_IN_ROW = 10
DAY_S = 86_400


class UnusableHistoryError(ValueError):
    """The records are readable, but too few to plan with."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the user asked for."""

    n_agents: int
    n_weeks: int
    interval_s: int
    sl_target: float
    sl_threshold_s: int
    model: str
    patience_s: int
    shrinkage: float
    is_pooled: bool
    rules: str
    weekly_h: float
    n_seats: int
    seconds: float
    seed: int


@dataclass(eq=False)
class Plan:
    """Everything that the command makes, step by step.

    Volumes have the shape (n_queues, n_days, n_slots): the local days in the zone, in
    slots of the interval. A slot that the clock skips stays empty; a repeated hour
    counts into the same slot twice.
    """

    terms: Terms
    tell: Tell
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    queues: tuple[str, ...] = ()
    n_errors: int = 0
    history_first: date = date.min
    history: VolumeHistory | None = None
    totals: dict[str, float] = field(default_factory=dict)

    @property
    def n_slots(self) -> int:
        """Slots of a local day."""
        return DAY_S // self.terms.interval_s

    @property
    def n_days(self) -> int:
        """Days ahead."""
        return self.terms.n_weeks * 7

    def read(
        self,
        files: Sequence[Path],
        format_name: str,
        zone: ZoneInfo | None,
        mapping: Path | None,
        default_queue: str,
    ) -> None:
        """Sum the records into volumes by queue, local day and slot.

        Raises `UnusableHistoryError` when less than a week is there.
        """
        self.tell(0.01, "Reading call records")
        self.zone = zone or IMPLIED_ZONES.get(format_name, ZoneInfo("UTC"))
        chosen = None
        if mapping is not None:
            text = read_head(mapping).decode("utf-8", "replace")
            chosen = mapping_from_toml(text)
        source = connector(format_name)
        table = FactTable(
            interval_s=self.terms.interval_s,
            threshold_s=self.terms.sl_threshold_s,
            latest_only=source.redelivers,
        )
        for batch in source.read(files, ReadOptions(zone, chosen, default_queue)):
            self.n_errors += sum(each.severity == "error" for each in batch.errors)
            if isinstance(batch, ContactBatch):
                table.add_contacts(batch)
            elif isinstance(batch, IntervalBatch):
                self.n_errors += len(table.add_intervals(batch))
        self.totals = table.totals()
        self._fill(table)

    def _fill(self, table: FactTable) -> None:
        facts = [fact for fact in table.facts() if fact.offered or fact.answered]
        if not facts:
            raise UnusableHistoryError("the records hold no contact that was offered")
        locals_ = [fact.interval_start.astimezone(self.zone) for fact in facts]
        days = [at.date() for at in locals_]
        first, last = min(days), max(days)
        n_days = (last - first).days + 1
        if n_days < FEWEST_DAYS:
            message = f"the records cover {n_days} days; at least {FEWEST_DAYS} needed"
            raise UnusableHistoryError(message)
        self.history_first = first
        self.queues = tuple(sorted({fact.name for fact in facts}))
        number = {name: place for place, name in enumerate(self.queues)}
        shape = (len(self.queues), n_days, self.n_slots)
        offered, handled, handle_s = (np.zeros(shape) for _each in range(3))
        for fact, at, day in zip(facts, locals_, days, strict=True):
            slot = (at.hour * 3600 + at.minute * 60) // self.terms.interval_s
            cell = (number[fact.name], (day - first).days, slot)
            offered[cell] += fact.offered
            handled[cell] += fact.answered
            handle_s[cell] += fact.talk_s + fact.hold_s + fact.wrap_s
        weekday = _weekdays(first, n_days)
        self._is_open = _opening(offered.sum(axis=0), weekday)
        calendar = make_calendar(
            weekday,
            self.n_slots,
            is_open=self._is_open[weekday],
            day=_dates(first, n_days),
        )
        self.history = VolumeHistory(offered, calendar, handled, handle_s)

    def make(self) -> None:
        """Forecast, staff, roster and seat."""
        self.tell(0.12, "Forecasting")
        self.first_day = self.history_first + timedelta(days=self._n_history_days)
        weekday = _weekdays(self.first_day, self.n_days)
        self.ahead = make_calendar(
            weekday,
            self.n_slots,
            is_open=self._is_open[weekday],
            day=_dates(self.first_day, self.n_days),
        )
        self.forecast: Forecast = forecast(self._known(), self.ahead)
        self.tell(0.2, "Staffing")
        self.aht_s = self._filled_aht()
        self.requirement, self.wanted = self._staff()
        self.tell(0.22, "Scheduling")
        self.problem = self._problem()
        self.roster: Roster = solve_roster(
            self.problem,
            time_limit_s=self.terms.seconds,
            seed=self.terms.seed,
            progress=self._note,
        )
        self.tell(0.88, "Checking")
        self.verdict: Verdict = check_roster(self.problem, self.roster)
        self.tell(0.9, "Seating")
        self.seating: Seating = self._seat()

    def _known(self) -> VolumeHistory:
        if self.history is None:
            raise UnusableHistoryError("nothing was read")
        return self.history

    @property
    def _n_history_days(self) -> int:
        return int(self._known().offered.shape[1])

    def _filled_aht(self) -> Floats:
        """Handling times; where none is known, the queue's mean, else three minutes."""
        known = self._known()
        counts = known.handled.sum(axis=(1, 2))
        sums = known.handle_s.sum(axis=(1, 2))
        mean = np.where(counts > 0, sums / np.maximum(counts, 1), 180.0)
        forecast_aht = np.where(
            np.isfinite(self.forecast.aht_s), self.forecast.aht_s, 0
        )
        filled = np.where(forecast_aht > 0, forecast_aht, mean[:, None, None])
        return np.asarray(filled, np.float64)

    def _staff(self) -> tuple[Requirement, Floats]:
        """The requirement of each queue, and the agents to schedule for it."""
        terms, offered = self.terms, self.forecast.mean
        aht = self.aht_s
        if terms.is_pooled:
            total = offered.sum(axis=0, keepdims=True)
            load = (offered * aht).sum(axis=0, keepdims=True)
            aht = np.where(total > 0, load / np.maximum(total, 1e-12), 180.0)
            offered = total
        found = required_agents(
            offered,
            aht,
            terms.interval_s,
            model=terms.model,
            sl_target=terms.sl_target,
            sl_threshold_s=terms.sl_threshold_s,
            patience_s=terms.patience_s if terms.model == "erlang-a" else None,
        )
        wanted = scheduled_agents(found.required_agents, terms.shrinkage)
        return found, wanted

    @property
    def staffed_queues(self) -> tuple[str, ...]:
        """What agents are required for: each queue, or all of them as one."""
        return ("(all)",) if self.terms.is_pooled else self.queues

    def _problem(self) -> RosterProblem:
        grid = make_grid(self.first_day, self.n_days, self.zone)
        required = np.zeros((len(self.staffed_queues), grid.n_intervals))
        n_on_days = int(grid.day_starts[-1])
        day_of = np.searchsorted(grid.day_starts, np.arange(n_on_days), "right") - 1
        slot_of = grid.local_min[:n_on_days] * 60 // self.terms.interval_s
        required[:, :n_on_days] = self.wanted[:, day_of, slot_of]
        templates = queries.shipped_templates()
        everything = np.ones(len(self.staffed_queues), np.bool_)
        contract = _contract(self.terms, [each.code for each in templates])
        return RosterProblem(
            grid=grid,
            demand=Demand(self.staffed_queues, required),
            agents=tuple(
                Agent(key=f"A{number + 1:04d}", contract=0, skills=everything)
                for number in range(self.terms.n_agents)
            ),
            contracts=(contract,),
            templates=tuple(map(engine_template, templates)),
        )

    def _note(self, progress: Progress) -> None:
        share = 0.22 + 0.65 * min(1.0, progress.seconds / self.terms.seconds)
        words = f"Scheduling: {progress.best:,.0f} points, gap {progress.gap:.1%}"
        self.tell(share, words)

    def _seat(self) -> Seating:
        seats = tuple(
            Seat(
                key=f"{number // SEATS_IN_ROW + 1}-{number % SEATS_IN_ROW + 1:02d}",
                x=float(number % SEATS_IN_ROW),
                y=float(number // SEATS_IN_ROW),
            )
            for number in range(self.terms.n_seats)
        )
        requests = tuple(
            SeatRequest(agent=shift.agent, start=shift.start, end=shift.end)
            for shift in self.roster.shifts
        )
        self.seats = seats
        return assign_seats(SeatPlan(seats=seats, requests=requests))

    def instant(self, index: int) -> datetime:
        """The instant at which a quarter of an hour of the roster starts."""
        midnight = datetime(
            self.first_day.year,
            self.first_day.month,
            self.first_day.day,
            tzinfo=self.zone,
        )
        return midnight.astimezone(UTC) + timedelta(minutes=15 * index)

    def slot_start(self, day: int, slot: int) -> datetime:
        """The instant at which a slot of a local day ahead starts."""
        at = self.first_day + timedelta(days=day)
        minute = slot * self.terms.interval_s // 60
        local = datetime(
            at.year, at.month, at.day, minute // 60, minute % 60, tzinfo=self.zone
        )
        return local.astimezone(UTC)

    def summary(self) -> list[str]:
        """What was made, in a few lines."""
        roster, known = self.roster, self._known()
        wanted_h = float(roster.wanted_agents.sum()) / 4
        unmet_h = float(roster.unmet.sum()) / 4
        rules = (
            "no rule broken"
            if self.verdict.is_legal
            else (f"{len(self.verdict.broken)} rules broken")
        )
        covered = 1 - unmet_h / wanted_h if wanted_h else 1.0
        return [
            f"history: {int(known.offered.sum()):,} contacts on "
            f"{self._n_history_days} days, {len(self.queues)} queues",
            f"forecast: {self.forecast.mean.sum():,.0f} contacts in "
            f"{self.n_days} days from {self.first_day}",
            f"required: {wanted_h:,.0f} agent hours, {covered:.1%} of them covered",
            f"schedule: {len(roster.shifts)} shifts of {self.terms.n_agents} agents; "
            f"{roster.objective:,.0f} points, bound {roster.bound:,.0f}, "
            f"gap {roster.gap:.2%} after {roster.seconds:.1f} s; checked: {rules}",
            f"seats: {self._seat_words()}",
        ]

    def _seat_words(self) -> str:
        """How many seats it takes, or how many shifts found none."""
        n_without = int((self.seating.seat_of < 0).sum())
        if n_without:
            return (
                f"{self.terms.n_seats} are too few: {n_without} of "
                f"{len(self.roster.shifts)} shifts are without a seat"
            )
        least = ", fewer are impossible" if self.seating.is_proved else ""
        return f"{self.seating.n_seats}{least}"


def _weekdays(first: date, n_days: int) -> NDArray[np.int64]:
    return (first.weekday() + np.arange(n_days)) % 7


def _dates(first: date, n_days: int) -> NDArray[np.datetime64]:
    return np.datetime64(first, "D") + np.arange(n_days)


def _opening(total: Floats, weekday: NDArray[np.int64]) -> NDArray[np.bool_]:
    """When work is done on each weekday, shape (7, n_slots)."""
    is_open = np.zeros((7, total.shape[1]), np.bool_)
    for day in range(7):
        mine = total[weekday == day]
        if len(mine):
            is_open[day] = (mine > 0).mean(axis=0) >= min(0.5, 1.5 / len(mine))
    return is_open


def _contract(terms: Terms, codes: Sequence[str]) -> Contract:
    """The contract of the chosen rules.

    Raises `UnusableHistoryError` for rules that are not shipped.
    """
    for rule_set in queries.shipped_rule_sets():
        if rule_set.code == terms.rules:
            rules = rule_set.rules
            templates = tuple(codes.index(code) for code in rules.templates)
            return contract_of(
                rules, terms.weekly_h, code=rule_set.code, templates=templates
            )
    known = ", ".join(each.code for each in queries.shipped_rule_sets())
    raise UnusableHistoryError(f"no rules {terms.rules!r} are shipped, only {known}")
