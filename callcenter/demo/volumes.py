"""How many contacts arrive: trend, season, weekday, holidays, events, time of day."""

from datetime import timedelta

import numpy as np

from callcenter.demo.calendar import Floats, LocalGrid, day_kinds
from callcenter.demo.company import Company, Queue, Workload

QUARTERS = 96
DAY_NOISE = 0.045
NOISE_MEMORY = 0.5
BILLING_DAY = 1.22
AFTER_ABANDON_REDIAL = 0.45
REPEAT_SHARE = 0.75
# Who calls again does so from 40 minutes on within four days, most of them soon.
REPEAT_AFTER_S, REPEAT_WITHIN_S, REPEAT_SKEW = 2400, 360_000, 2.5


def daily_shape(queue: Queue) -> Floats:
    """Share of an ordinary day that arrives in each quarter; two peaks; sums to 1.

    Returns
    -------
    ndarray of float, shape (96,)
        By local quarter-hour; zero when the queue is closed.

    """
    load = queue.workload
    hour = (np.arange(QUARTERS) + 0.5) / 4
    peaks = np.exp(-(((hour - load.morning_peak_h) / 1.8) ** 2))
    peaks += 0.8 * np.exp(-(((hour - load.evening_peak_h) / 2.4) ** 2))
    awake = 0.06 + 0.94 / (1 + np.exp(-(hour - 7.4) / 0.5))
    tired = 1 - 0.62 / (1 + np.exp(-(hour - 22.2) / 0.5))
    shape = (0.42 + peaks) * awake * tired
    shape[(hour < queue.opens_h) | (hour > queue.closes_h)] = 0
    return np.asarray(shape / shape.sum())


def daily_levels(company: Company, queue: Queue, n_days: int) -> Floats:
    """Expected contacts of each day relative to an ordinary weekday's `per_day`.

    Returns
    -------
    ndarray of float, shape (n_days,)
        From `company.first_day` on, before noise.

    """
    load = queue.workload
    days = np.arange(n_days)
    country = next(s.country for s in company.sites if s.code == queue.site)
    weekday, is_holiday = day_kinds(
        country, company.first_day, n_days, company.holidays
    )
    level = np.asarray(load.weekday)[weekday]
    level[is_holiday] = load.holiday * load.weekday[6]
    level *= (1 + load.yearly_growth) ** ((days - n_days) / 365)
    level *= _season(company, load, n_days)
    dates = [company.first_day + timedelta(days=int(d)) for d in days]
    billing = np.asarray([d.day in load.billing_days for d in dates])
    level[billing] *= BILLING_DAY
    for event in company.events:
        if queue.code in event.queues:
            hit = [event.starts_on <= d <= event.ends_on for d in dates]
            level[np.asarray(hit)] *= event.volume
    return level


def _season(company: Company, load: Workload, n_days: int) -> Floats:
    first = company.first_day.timetuple().tm_yday
    crest = load.season_peak * 30.4 - 15
    angle = 2 * np.pi * (np.arange(n_days) + first - crest) / 365.25
    return np.asarray(1 + load.season * np.cos(angle))


def expected_arrivals(
    company: Company, queue: Queue, grid: LocalGrid, rng: np.random.Generator
) -> Floats:
    """Rate of new matters in every quarter-hour, in units of the workload's `per_day`.

    Days wander around their level with a memory of one day, as real ones do.

    Returns
    -------
    ndarray of float, shape (n_quarters,)
        Contacts per quarter before the pool's volume is sized.

    """
    level = daily_levels(company, queue, grid.n_days)
    shocks = rng.normal(0, DAY_NOISE, grid.n_days)
    noise = np.zeros(grid.n_days)
    for d in range(grid.n_days):
        before = noise[d - 1] if d else 0.0
        noise[d] = NOISE_MEMORY * before + shocks[d]
    level = level * np.exp(noise)
    rate = queue.workload.per_day * level[grid.day] * daily_shape(queue)[grid.quarter]
    return np.asarray(rate)


def contacts_per_matter(load: Workload) -> float:
    """Contacts that one new matter causes, with transfers and calling again."""
    again = load.transfer_share
    again += (1 - load.transfer_share) * (1 - load.resolved_share) * REPEAT_SHARE
    return 1 / (1 - again)


def handling_s(load: Workload) -> float:
    """Mean seconds an experienced agent spends on a contact."""
    return load.talk_s + load.hold_share * load.hold_s + load.wrap_s
