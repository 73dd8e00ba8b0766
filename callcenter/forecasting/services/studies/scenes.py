"""A day of queues that share agents, as the simulator sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from callcenter.engine.intervals import day_grid, flatten
from callcenter.engine.simulation import (
    Campaign,
    Center,
    ContactType,
    Duration,
    Group,
    Redial,
    Skill,
)
from callcenter.forecasting import queries
from callcenter.forecasting.errors import NothingToSimulate
from callcenter.forecasting.models import Forecast, ForecastDay, StaffingModel
from callcenter.forecasting.services.requirements.loads import Floats, Ints, Question
from callcenter.forecasting.services.requirements.requiring import (
    questions_of,
    requirement_of,
)
from callcenter.forecasting.services.requirements.staffing import model_for
from callcenter.forecasting.services.requirements.wanting import DEFINITIONS, Wanted
from callcenter.projects.models import Queue

_LEAD_S = 7200
_REDIAL_DELAY_S = 300.0
_MOST_CV = 1.0
_MOST_SHIFT = 2.0


@dataclass(frozen=True, slots=True)
class Member:
    """A queue of a scene: what comes, and what is wanted; shape (n_intervals,).

    ``spread`` is where a day may lie beside its forecast, and how far.
    """

    question: Question
    offered: Floats
    aht_s: Floats
    wanted: Wanted
    required: Floats
    safety: Floats
    spread: "DaySpread"

    @property
    def is_dialled(self) -> bool:
        """Whether its agents call, instead of being called."""
        model = model_for(self.question.queue, self.question.assumption)
        return model is StaffingModel.WORKLOAD


@dataclass(frozen=True, slots=True)
class Scene:
    """The queues with the end of the day before leading in.

    ``place`` is the interval of the forecast's day, shape (n_day,), within arrays
    that begin with ``n_lead`` intervals of the day before.
    """

    members: Sequence[Member]
    of: int
    n_lead: int
    interval_s: int

    @property
    def mine(self) -> Member:
        """The queue that was asked for."""
        return self.members[self.of]

    @property
    def row(self) -> int:
        """Its place among the types of contacts."""
        return sum(not each.is_dialled for each in self.members[: self.of])

    @property
    def open_day(self) -> Ints:
        """The intervals of the day in which the queue has contacts."""
        return np.flatnonzero(self.mine.offered[self.n_lead :] > 0.0)

    def agents(self, *, with_safety: bool = True) -> Floats:
        """Whole agents of all queues together, as required."""
        total = np.sum([each.required for each in self.members], axis=0)
        if not with_safety:
            total = total - np.sum([each.safety for each in self.members], axis=0)
        found: Floats = np.maximum(np.ceil(total - 1e-6), 0.0)
        return found

    def center(self, agents: Floats, *, is_uncertain: bool) -> Center:
        """The center in which so many agents take all contacts of the scene."""
        types = [
            _contact_type(each, is_uncertain=is_uncertain)
            for each in self.members
            if not each.is_dialled
        ]
        dialled = [each for each in self.members if each.is_dialled]
        skills = [Skill(of=each.name) for each in types]
        skills += [Skill(of=_name(each), priority=2) for each in dialled]
        return Center(
            n_intervals=agents.size,
            interval_s=self.interval_s,
            types=types,
            campaigns=[_campaign(each) for each in dialled],
            groups=[Group(name="agents", skills=skills, staff=agents.astype(np.int64))],
            warm_up_s=float(self.n_lead * self.interval_s),
        )


def scene_of(forecast: Forecast, queue: Queue, day: date) -> Scene:
    """A queue with all that shares its agents on a day of a forecast.

    Raises `NothingToSimulate` for work that nobody waits for, and for a day on which
    nothing comes.
    """
    first = max(day - timedelta(days=1), forecast.first_day)
    n_days = (day - first).days + 1
    (group,) = questions_of(forecast, [queue], first, n_days)
    own = next(each for each in group if each.queue.id == queue.id)
    model = model_for(queue, own.assumption)
    if model in {StaffingModel.DEFERRED, StaffingModel.WORKLOAD}:
        raise NothingToSimulate(queue_id=queue.id)
    today = np.flatnonzero(own.load.day == n_days - 1)
    n_lead = min(_LEAD_S // forecast.interval_s, int(today[0]))
    cells = np.arange(today[0] - n_lead, own.load.day.size)
    scene = Scene(
        members=[_member(forecast, each, cells, first, n_days) for each in group],
        of=group.index(own),
        n_lead=n_lead,
        interval_s=forecast.interval_s,
    )
    if not scene.open_day.size or not scene.mine.aht_s[n_lead:].any():
        raise NothingToSimulate(queue_id=queue.id)
    return scene


def _member(
    forecast: Forecast, question: Question, cells: Ints, first: date, n_days: int
) -> Member:
    need = requirement_of(forecast, question.queue, first, n_days)
    day = first + timedelta(days=n_days - 1)
    return Member(
        question=question,
        offered=question.load.offered[cells],
        aht_s=question.load.aht_s[cells],
        wanted=Wanted.of(question).take(cells),
        required=need.staffing.required_agents[cells],
        safety=need.staffing.safety_agents[cells],
        spread=_spread(forecast, question.queue, day),
    )


class DaySpread(NamedTuple):
    """What a day's volume may be, chance apart, as a gamma law.

    ``shift`` is its mean as a share of the forecast, ``cv`` its standard deviation as a
    share of its mean.
    """

    shift: float
    cv: float


def _spread(forecast: Forecast, queue: Queue, day: date) -> DaySpread:
    row = queries.find_day(forecast.id, queue.id, day)
    return DaySpread(1.0, 0.0) if row is None else day_spread_of(forecast, row)


def day_spread_of(forecast: Forecast, row: ForecastDay) -> DaySpread:
    """The law whose band is that of a day's total: its width and its place.

    A band that lies higher than the forecast says that more is likelier to come than
    less. The middle of a gamma law's band lies above its mean by the skewness, after
    Cornish and Fisher. Without a band of the total only the width is known.
    """
    cv = day_cv_of(forecast, row)
    if row.total_upper is None or row.total_lower is None:
        return DaySpread(1.0, cv)
    grid = day_grid(row.day, 1, zone=forecast.tz, interval_s=forecast.interval_s)
    total = float(flatten(grid, np.nan_to_num(row.mean)[None, :]).sum())
    middle = 0.5 * (row.total_upper + row.total_lower)
    if total <= 0.0 or middle <= 0.0:
        return DaySpread(1.0, cv)
    z = NormalDist().inv_cdf(0.5 + forecast.level / 2.0)
    shift = middle / total / (1.0 + cv * cv * (z * z - 1.0) / 3.0)
    shift = min(max(shift, 1.0 / _MOST_SHIFT), _MOST_SHIFT)
    return DaySpread(shift, min(cv / shift, _MOST_CV))


def day_cv_of(forecast: Forecast, row: ForecastDay) -> float:
    """How far the volume of a day may lie from its forecast, chance apart.

    From the band of the day's total, less what Poisson arrivals scatter by themselves;
    without it from the bands of the intervals, as if they missed together.
    """
    z = NormalDist().inv_cdf(0.5 + forecast.level / 2.0)
    grid = day_grid(row.day, 1, zone=forecast.tz, interval_s=forecast.interval_s)
    mean = flatten(grid, np.nan_to_num(row.mean)[None, :])
    total = float(mean.sum())
    if total <= 0.0:
        return 0.0
    if row.total_upper is not None and row.total_lower is not None:
        spread = max(0.0, row.total_upper - row.total_lower) / (2.0 * z)
        return min(sqrt(max(spread * spread - total, 0.0)) / total, _MOST_CV)
    upper = flatten(grid, np.nan_to_num(row.upper)[None, :])
    lower = flatten(grid, np.nan_to_num(row.lower)[None, :])
    spread_of = np.maximum(upper - lower, 0.0) / (2.0 * z)
    own = np.maximum(spread_of**2 - mean, 0.0)
    return min(sqrt(float(own.sum()) / float((mean**2).sum())), _MOST_CV)


def _name(member: Member) -> str:
    return f"queue {member.question.queue.id}"


def _contact_type(member: Member, *, is_uncertain: bool) -> ContactType:
    own, wanted = member.question.assumption, member.wanted
    is_lost = own.model is StaffingModel.ERLANG_B
    has_patience = own.model is StaffingModel.ERLANG_A
    busiest = int(member.offered.argmax())
    redial = None
    room = 0 if is_lost else own.waiting_room
    if own.redial_share and (has_patience or room is not None):
        delay = Duration(mean_s=_REDIAL_DELAY_S)
        redial = Redial(probability=own.redial_share, delay=delay)
    spread = member.spread if is_uncertain else DaySpread(1.0, 0.0)
    return ContactType(
        name=_name(member),
        offered=member.offered * spread.shift,
        service=Duration(mean_s=np.maximum(member.aht_s, 1.0)),
        patience=Duration(mean_s=own.patience_s) if has_patience else None,
        redial=redial,
        capacity=room,
        together=member.question.load.concurrency,
        slow_down=own.chat_slowdown,
        day_cv=spread.cv,
        sl_target=float(wanted.sl_target[busiest]),
        sl_threshold_s=float(wanted.sl_threshold_s[busiest]),
        sl_definition=DEFINITIONS[int(wanted.definition[busiest])],
    )


def _campaign(member: Member) -> Campaign:
    """Attempts as they are planned: each is one call as long as an attempt takes."""
    return Campaign(
        name=_name(member),
        reach=(member.offered > 0.0).astype(np.float64),
        dial=Duration(mean_s=1.0),
        talk=Duration(mean_s=np.maximum(member.aht_s, 1.0)),
        list_size=max(1, round(float(member.offered.sum()))),
    )
