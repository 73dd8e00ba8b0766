"""Wishes as the search for a roster takes them."""

from collections.abc import Collection, Sequence

from callcenter.engine.rostering import Preference
from callcenter.scheduling.models import Schedule, ShiftTemplate
from callcenter.scheduling.models.fairness import ShiftWish, WeekdayWish
from callcenter.scheduling.queries import fairness as reading
from callcenter.scheduling.services.fairness import STARTS

WISH_POINTS, AWAY_POINTS = 2.0, 6.0


def preferences_of(
    schedule: Schedule,
    employee_ids: Collection[int],
    templates: Sequence[ShiftTemplate],
) -> dict[int, tuple[Preference, ...]]:
    """The wishes for a schedule's days, by person.

    A wish for a kind of shift is one against all others of the library; what lies
    outside the times at which somebody is available weighs three times as much.
    """
    found: dict[int, tuple[Preference, ...]] = {}
    for employee_id, by_day in reading.wishes_of(employee_ids).items():
        wishes: list[Preference] = []
        for number, day in enumerate(schedule.days):
            if day.weekday() in by_day:
                wishes += _day_preferences(number, by_day[day.weekday()], templates)
        if wishes:
            found[employee_id] = tuple(wishes)
    return found


def _day_preferences(
    day: int, wish: WeekdayWish, templates: Sequence[ShiftTemplate]
) -> list[Preference]:
    wishes = []
    if wish.wish is ShiftWish.OFF:
        wishes.append(Preference(day, WISH_POINTS))
    elif wish.wish is not ShiftWish.ANYTHING:
        low, high = STARTS[wish.wish]
        others = tuple(
            place
            for place, each in enumerate(templates)
            if each.latest_start_min < low or each.earliest_start_min >= high
        )
        if others:
            wishes.append(Preference(day, WISH_POINTS, templates=others))
    outside = tuple(
        place
        for place, each in enumerate(templates)
        if not _is_within(each, wish.from_min, wish.until_min)
    )
    if outside:
        wishes.append(Preference(day, AWAY_POINTS, templates=outside))
    return wishes


def _is_within(
    template: ShiftTemplate, from_min: int | None, until_min: int | None
) -> bool:
    """Whether some shift of the template lies within the times."""
    first = max(template.earliest_start_min, from_min or 0)
    fits = first <= template.latest_start_min
    ends = first + min(template.lengths_min)
    return fits and (until_min is None or ends <= until_min)
