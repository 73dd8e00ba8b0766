"""The people of a project: how many, how long here, how they leave, what they earn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from callcenter.capacity import queries
from callcenter.capacity.queries import OwnPerson, Stay
from callcenter.engine.capacity import (
    N_AGES,
    AttritionCurve,
    TenureCounts,
    add_counts,
    count_tenure,
    estimate_attrition,
    pooling_strength,
)
from callcenter.kernel import clock
from callcenter.people.models import PayBasis
from callcenter.projects.models import Project

FULL_TIME_H = 40.0
_YEAR = timedelta(days=364)
_HOURS_A_DAY = Decimal(8)
_MONTHS, _WEEKS = Decimal(12), Decimal(52)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Staff:
    """Who takes a project's contacts on a day.

    ``opening`` holds heads by weeks of tenure, ``fte`` the mean FTE of one of them;
    ``hourly_pay`` is None where no contract is known, ``leave_share`` where nothing is
    known of their leave.
    """

    opening: list[int]
    fte: float
    hourly_pay: Decimal | None
    leave_share: float | None


def staff_of(project: Project, day: date) -> Staff:
    """The people of a project, from their contracts and their leave of a year."""
    people = queries.own_people(project.id, day)
    tenures = np.array([(day - each.hired_on).days // 7 for each in people], np.int64)
    opening = np.bincount(np.minimum(tenures, N_AGES - 1), minlength=N_AGES)
    hours = [each.weekly_h for each in people if each.weekly_h]
    pay = [rate for each in people if (rate := _hourly_pay(each)) is not None]
    return Staff(
        opening=opening.tolist(),
        fte=sum(hours) / len(hours) / FULL_TIME_H if hours else 1.0,
        hourly_pay=(sum(pay, Decimal()) / len(pay)).quantize(_CENT) if pay else None,
        leave_share=_leave_share(project, people, day),
    )


def _hourly_pay(person: OwnPerson) -> Decimal | None:
    if not person.weekly_h or person.pay_rate is None:
        return None
    if person.pay_basis is PayBasis.HOUR:
        return person.pay_rate
    if person.pay_basis is PayBasis.DAY:
        return person.pay_rate / _HOURS_A_DAY
    return person.pay_rate * _MONTHS / (_WEEKS * Decimal(str(person.weekly_h)))


def _leave_share(
    project: Project, people: Sequence[OwnPerson], day: date
) -> float | None:
    """Days of leave as a share of working days, five a week."""
    until = clock.now()
    days = queries.leave_days(project.id, until - _YEAR, until)
    here = sum(min(_YEAR.days, (day - each.hired_on).days) for each in people)
    if not days or not here:
        return None
    return round(min(0.3, days / (here * 5 / 7)), 3)


def attrition_of(project_id: int, day: date) -> AttritionCurve | None:
    """How the project's people leave, pooled with the company; None without any people.

    Who left before the records begin is not in them, so everybody counts from the
    first known leaving on only.
    """
    stays = [each for each in queries.stays() if each.hired_on < day]
    if not stays:
        return None
    left = [each.left_on for each in stays if each.left_on and each.left_on <= day]
    begin = min(left, default=None)
    groups = {
        each.project_id: _counts(stays, day, begin, each.project_id) for each in stays
    }
    company = add_counts(list(groups.values()))
    if not company.exposure.sum():
        return None
    nothing = np.zeros_like(company.exposure)
    own = groups.get(project_id, TenureCounts(nothing, nothing))
    strength = pooling_strength(list(groups.values()))
    return estimate_attrition(own, company, strength=strength)


def _counts(
    stays: Sequence[Stay], day: date, begin: date | None, project_id: int | None
) -> TenureCounts:
    own = [each for each in stays if each.project_id == project_id]
    is_leaver = [each.left_on is not None and each.left_on <= day for each in own]
    last = [
        each.left_on if each.left_on and each.left_on <= day else day for each in own
    ]
    until = [
        max(0, (end - each.hired_on).days) / 7.0
        for each, end in zip(own, last, strict=True)
    ]
    since = [
        max(0, (begin - each.hired_on).days - 1) / 7.0 if begin else 0.0 for each in own
    ]
    return count_tenure(until, is_leaver, seen_from=since)
