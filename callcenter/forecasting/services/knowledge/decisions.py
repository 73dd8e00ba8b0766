"""What planners decide about days of a queue's history, and the history that is left.

Choices belong to a queue and its days and not to a forecast, so that every later
forecast honours them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from callcenter.engine import forecasting as engine
from callcenter.forecasting.errors import ChoiceTakenBack
from callcenter.forecasting.models import HistoryChoice, Treatment
from callcenter.kernel import clock
from callcenter.kernel.db import db
from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _
from callcenter.projects.models import Queue

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
MOST_DAYS_OF_A_CHOICE = 366
_REPLACED = (Treatment.LEAVE_OUT, Treatment.USUAL)


@dataclass(frozen=True, slots=True)
class Rulings:
    """What rules: a treatment by day, and changes of level by their first day."""

    by_day: Mapping[date, Treatment]
    levels: Mapping[date, float]
    settled: frozenset[date]

    @property
    def is_empty(self) -> bool:
        """Whether the history stays as it is."""
        is_kept = all(each is Treatment.KEEP for each in self.by_day.values())
        return is_kept and not self.levels


def choose(
    queue: Queue,
    first_day: date,
    last_day: date,
    treatment: Treatment,
    *,
    factor: float | None = None,
    reason: str = "",
    by: int | None = None,
) -> HistoryChoice:
    """Decide what forecasts shall make of days of a queue's history.

    The same choice for the same days once more changes nothing. Raises `Invalid` for
    days that have not passed, too many of them, or a level without its factor.
    """
    _check(queue, first_day, last_day, treatment, factor)
    present = _standing(queue.id, first_day, last_day, treatment, factor)
    if present is not None:
        return present
    choice = HistoryChoice(
        queue_id=queue.id,
        first_day=first_day,
        last_day=last_day,
        treatment=treatment,
        factor=factor,
        reason=reason,
        made_by_id=by,
    )
    db.session.add(choice)
    db.session.flush()
    return choice


def take_back(choice: HistoryChoice, *, by: int | None = None) -> None:
    """Take a choice back; what was chosen for its days before rules again.

    Raises `ChoiceTakenBack` when it was taken back already.
    """
    if choice.taken_back_at is not None:
        raise ChoiceTakenBack(choice_id=choice.id)
    choice.taken_back_at, choice.taken_back_by_id = clock.now(), by
    db.session.flush()


def put_back(choice: HistoryChoice) -> None:
    """Let a choice that was taken back count again, at its old place."""
    choice.taken_back_at = choice.taken_back_by_id = None
    db.session.flush()


def _check(
    queue: Queue,
    first_day: date,
    last_day: date,
    treatment: Treatment,
    factor: float | None,
) -> None:
    if last_day < first_day:
        raise Invalid(_("The last day lies before the first."), fields=("last_day",))
    if (last_day - first_day).days >= MOST_DAYS_OF_A_CHOICE:
        raise Invalid(
            _("Choose at most %(most)s days at once.", most=MOST_DAYS_OF_A_CHOICE),
            fields=("last_day",),
        )
    if last_day >= clock.today(queue.project.tz):
        raise Invalid(
            _("Only days that have passed can be decided on."), fields=("last_day",)
        )
    if treatment is Treatment.NEW_LEVEL and not factor:
        raise Invalid(
            _("A new level needs its size: after divided by before."),
            fields=("factor",),
        )


def _standing(
    queue_id: int,
    first_day: date,
    last_day: date,
    treatment: Treatment,
    factor: float | None,
) -> HistoryChoice | None:
    """The latest choice about the same thing, if it says the same."""
    from callcenter.forecasting import queries

    is_level = factor is not None
    about = [
        row
        for row in queries.ruling_choices([queue_id]).get(queue_id, ())
        if (row.factor is not None) == is_level
        and row.first_day <= last_day
        and first_day <= row.last_day
    ]
    latest = about[-1] if about else None
    if latest is None or latest.treatment is not treatment:
        return None
    same = (latest.first_day, latest.last_day) == (first_day, last_day)
    return latest if same else None


def rulings(choices: Iterable[HistoryChoice]) -> Rulings:
    """What choices, oldest first, come to: the latest rules each day."""
    by_day: dict[date, Treatment] = {}
    levels: dict[date, tuple[Treatment, float]] = {}
    for row in choices:
        if row.factor is not None:
            levels[row.first_day] = (row.treatment, row.factor)
            continue
        for place in range((row.last_day - row.first_day).days + 1):
            by_day[row.first_day + timedelta(days=place)] = row.treatment
    return Rulings(
        by_day=by_day,
        levels={
            day: factor
            for day, (treatment, factor) in levels.items()
            if treatment is Treatment.NEW_LEVEL
        },
        settled=frozenset(levels),
    )


def mend(
    history: engine.History, days: Sequence[date], ruling: Rulings
) -> engine.History:
    """One series' history as planners decided, its row of days named by ``days``.

    Days left out are unknown; replaced ones are what was usual, seen without them.
    Neither says anything about handling times.
    """
    if ruling.is_empty:
        return history
    chosen = [ruling.by_day.get(day, Treatment.KEEP) for day in days]
    replaced = np.array([each in _REPLACED for each in chosen], dtype=bool)
    findings = [
        engine.Finding(_KINDS[each], place, 1.0)
        for place, each in enumerate(chosen)
        if each in _KINDS
    ]
    findings += [
        engine.Finding(engine.FindingKind.LEVEL_SHIFT, place, factor)
        for day, factor in sorted(ruling.levels.items())
        if (place := _place_from(days, day)) is not None
    ]
    without = _without(history, replaced)
    if not np.isfinite(without.offered).any():
        return without
    return engine.repair(without, findings)


_KINDS = {
    Treatment.USUAL: engine.FindingKind.OUTLIER,
    Treatment.FILL: engine.FindingKind.GAP,
}


def _without(history: engine.History, left_out: Bools) -> engine.History:
    if not left_out.any():
        return history

    def cleared(values: Floats, nothing: float) -> Floats:
        return np.where(left_out[np.newaxis, :, np.newaxis], nothing, values)

    return replace(
        history,
        offered=cleared(history.offered, np.nan),
        handled=cleared(history.handled, 0.0),
        handle_s=cleared(history.handle_s, 0.0),
    )


def _place_from(days: Sequence[date], day: date) -> int | None:
    """The first row on that day or after it; None when it lies outside."""
    if not days or not days[0] < day <= days[-1]:
        return None
    return next(place for place, each in enumerate(days) if each >= day)
