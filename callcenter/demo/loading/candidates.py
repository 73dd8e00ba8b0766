"""Candidates of two years: where they came from, and how far each of them got.

Telephone numbers are of the range that Ofcom keeps for drama, and the first places of
identity numbers name no place that there is.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from callcenter.demo.loading.rows import Story, insert_for_ids, insert_rows
from callcenter.demo.names import name_for
from callcenter.kernel.crypto import digest
from callcenter.kernel.db import db
from callcenter.people.models import EmploymentKind
from callcenter.people.services import names as spelling
from callcenter.recruiting.models import (
    Application,
    ApplicationState,
    Candidate,
    Channel,
    ChannelKind,
    Event,
    HistoryEntry,
    HistoryKind,
    RefusalReason,
    Requisition,
    RequisitionReason,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.queries import USUAL_DAYS
from callcenter.recruiting.services import CONSENT_VERSION, name_key

K = ChannelKind
CHANNELS = (
    (K.CAMPUS_TALK, "Hefei Vocational College", "HF", 0.24, 0),
    (K.ORDER_CLASS, "Order class, Anhui Trade School", "HF", 0.16, 0),
    (K.STUDENT_CLUB, "Debating club, Anhui University", "HF", 0.07, 0),
    (K.SCHOOL_PARTNERSHIP, "Chengdu Business College", "CD", 0.14, 0),
    (K.REFERRAL, "Referral by colleagues", None, 0.16, 500),
    (K.JOB_BOARD, "City job board", None, 0.17, 0),
    (K.WALK_IN, "Walk-in", None, 0.06, 0),
)
COLLEGES = (
    "Hefei Vocational College",
    "Anhui Trade School",
    "Anhui University",
    "Chengdu Business College",
    "",
)
SKILLS = ("Standard Mandarin", "Standard Mandarin, English", "Sold by phone before", "")
# Passing each stage, one after the other, as in the operating plan's own figures.
PASSING = (0.78, 0.74, 0.72, 0.8, 0.94, 0.86, 0.95, 0.9)
REASONS = {
    StageKind.SCREENING: (RefusalReason.SHIFTS, RefusalReason.PAY),
    StageKind.FIRST_INTERVIEW: (RefusalReason.COMMUNICATION, RefusalReason.NO_SHOW),
    StageKind.SKILLS_TEST: (RefusalReason.TYPING, RefusalReason.VOICE),
    StageKind.FINAL_INTERVIEW: (RefusalReason.COMMUNICATION, RefusalReason.LANGUAGE),
}
STAGES = tuple(StageKind)
PAST_MONTHS, A_MONTH, NOW_EACH, POOL = 23, 16, 34, 30
FIRST_PHONE, LAST_PHONE = 200, 999


@dataclass(slots=True)
class _Told:
    """The rows that are being invented."""

    story: Story
    rng: np.random.Generator
    by: int
    channels: list[int] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    ways: list[dict[str, Any]] = field(default_factory=list)
    steps: list[list[dict[str, Any]]] = field(default_factory=list)


def load_candidates(story: Story, *, by: int) -> int:
    """Invent who came, by which way, and how far; returns how many candidates."""
    told = _Told(story, np.random.default_rng([41, 5]), by)
    told.channels = _load_channels(story)
    _load_events(story, told.channels)
    for back in range(PAST_MONTHS, 0, -1):
        _past_class(told, back)
    wanted = db.session.scalars(
        select(Requisition)
        .where(Requisition.state == RequisitionState.OPEN)
        .order_by(Requisition.due_on)
    ).all()
    for requisition in wanted:
        for _each in range(NOW_EACH):
            _on_the_way(told, requisition)
    for _each in range(POOL):
        since = story.moment - timedelta(days=int(told.rng.integers(20, 300)))
        _person(told, story.ids.sites["HF"], since, is_in_pool=True)
    _store(told)
    return len(told.people)


def _load_channels(story: Story) -> list[int]:
    return insert_for_ids(
        Channel,
        [
            {
                "kind": kind,
                "name": name,
                "site_id": site and story.ids.sites[site],
                "referral_bonus": Decimal(bonus) if bonus else None,
                "currency": "CNY",
            }
            for kind, name, site, _share, bonus in CHANNELS
        ],
    )


def _load_events(story: Story, channels: list[int]) -> None:
    """A talk each spring and autumn at the schools, and one to come."""
    rows = []
    schools = [place for place, row in enumerate(CHANNELS) if row[2] is not None]
    wanted = db.session.scalar(
        select(Requisition.id)
        .where(
            Requisition.state == RequisitionState.OPEN,
            Requisition.site_id == story.ids.sites["HF"],
        )
        .order_by(Requisition.due_on)
        .limit(1)
    )
    for n, ahead in enumerate((-560, -520, -380, -330, -200, -170, -60, -24, 9)):
        channel = schools[n % len(schools)] if ahead < 0 else schools[0]
        _kind, name, site, _share, _bonus = CHANNELS[channel]
        day = story.today + timedelta(days=ahead)
        starts_at = datetime(
            day.year, day.month, day.day, 6, tzinfo=story.moment.tzinfo
        )
        is_over = ahead < 0
        rows.append(
            {
                "channel_id": channels[channel],
                "site_id": story.ids.sites[site or "HF"],
                "requisition_id": None if is_over else wanted,
                "title": f"Career talk, {name}",
                "place": "Lecture hall 2",
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=2),
                "spend": Decimal(900 + 150 * n),
                "currency": "CNY",
                "n_attended": 35 + 9 * n if is_over else None,
                "token": f"demo-talk-{n}",
                "is_open": not is_over,
            }
        )
    insert_rows(Event, rows)


def _past_class(told: _Told, back: int) -> None:
    """A class of a month that is over: who was asked for, came, and was hired."""
    story = told.story
    began = story.moment - timedelta(days=30 * back + 55)
    due_on: date = (began + timedelta(days=45)).date()
    [requisition_id] = insert_for_ids(
        Requisition,
        [
            {
                "site_id": story.ids.sites["HF"],
                "project_id": story.ids.projects["TEL"],
                "post_id": story.ids.posts["AGT", "HF"],
                "employment_kind": EmploymentKind.FULL_TIME,
                "headcount": 8,
                "currency": "CNY",
                "pay_low": Decimal(4800),
                "pay_high": Decimal(5900),
                "due_on": due_on,
                "reason": RequisitionReason.REPLACEMENT,
                "state": RequisitionState.CLOSED,
                "asked_by_id": told.by,
                "created_at": began - timedelta(days=6),
                "opened_at": began,
                "closed_at": began + timedelta(days=46),
            }
        ],
    )
    n_hired = 0
    for _each in range(A_MONTH):
        at = began + timedelta(hours=int(told.rng.integers(4, 260)))
        passed = _stages_passed(told)
        if passed == len(STAGES) and n_hired < 8:
            n_hired += 1
            _way(told, requisition_id, at, passed - 1, ApplicationState.HIRED)
        else:
            stage = min(passed, 3)
            _way(told, requisition_id, at, stage, ApplicationState.REFUSED)


def _stages_passed(told: _Told) -> int:
    for place, chance in enumerate(PASSING):
        if told.rng.random() > chance:
            return place
    return len(PASSING)


def _on_the_way(told: _Told, requisition: Requisition) -> None:
    """Somebody for a requisition of today, in whichever stage they have reached."""
    days = max(
        2, (told.story.moment - (requisition.opened_at or told.story.moment)).days
    )
    at = told.story.moment - timedelta(hours=int(told.rng.integers(6, 24 * days)))
    n_taken = sum(
        way["requisition_id"] == requisition.id and way["stage"].position > 4
        for way in told.ways
    )
    stage = min(int(told.rng.geometric(0.34)) - 1, 7)
    if stage > 4 and n_taken >= requisition.headcount:
        stage = 4
    is_refused = stage < 4 and told.rng.random() < 0.25
    state = ApplicationState.REFUSED if is_refused else ApplicationState.ACTIVE
    _way(told, requisition.id, at, stage, state, site_id=requisition.site_id)


def _person(
    told: _Told, site_id: int, since: datetime, *, is_in_pool: bool = False
) -> int:
    """Add somebody; returns the place among the people."""
    rng, n = told.rng, len(told.people)
    drawn = name_for("CN", rng)
    name = f"{drawn.family}{drawn.given}"
    phone = f"+447700900{FIRST_PHONE + n:03d}"
    channel = int(rng.choice(len(CHANNELS), p=[row[3] for row in CHANNELS]))
    told.people.append(
        {
            "name": name,
            "name_sort": spelling.sort_name(name),
            "name_key": name_key(name),
            "phone": phone if n <= LAST_PHONE - FIRST_PHONE else None,
            "phone_digest": digest(phone) if n <= LAST_PHONE - FIRST_PHONE else None,
            "identity_number": None,
            "identity_digest": None,
            "site_id": site_id,
            "channel_id": told.channels[channel],
            "school": COLLEGES[int(rng.integers(len(COLLEGES)))],
            "skills": SKILLS[int(rng.integers(len(SKILLS)))],
            "wanted_kind": EmploymentKind.FULL_TIME if rng.random() < 0.6 else None,
            "is_in_pool": is_in_pool,
            "consent_at": since,
            "consent_version": CONSENT_VERSION,
            "created_at": since,
        }
    )
    told.steps.append([{"kind": HistoryKind.ADDED, "at": since}])
    return n


def _way(
    told: _Told,
    requisition_id: int,
    at: datetime,
    stage: int,
    state: ApplicationState,
    site_id: int | None = None,
) -> None:
    """Let somebody pass the stages up to one, and end there where they end."""
    place = _person(told, site_id or told.story.ids.sites["HF"], at)
    steps, now = told.steps[place], told.story.moment
    applied = {
        "kind": HistoryKind.APPLIED,
        "at": at,
        "to_stage": STAGES[0],
        "way": True,
    }
    steps.append(applied)
    moment = at
    for was, became in pairwise(STAGES[: stage + 1]):
        pace = USUAL_DAYS[was] if became is not StageKind.CLASS else 8
        moment = min(
            moment + timedelta(days=pace * float(told.rng.uniform(0.3, 1.2))), now
        )
        step = {"kind": HistoryKind.MOVED, "at": moment, "way": True}
        steps.append({**step, "from_stage": was, "to_stage": became})
    if state is ApplicationState.ACTIVE:
        moment = _lately(told, moment, STAGES[stage])
        steps[-1]["at"] = moment
    reached = STAGES[stage]
    if reached.position >= StageKind.CONTRACT.position:
        _identify(told.people[place], place)
    has_ended = state is not ApplicationState.ACTIVE
    ended_at = min(moment + timedelta(days=2), now) if has_ended else None
    reason = None
    if state is ApplicationState.REFUSED:
        reason = REASONS[reached][int(told.rng.integers(2))]
        step = {"kind": HistoryKind.REFUSED, "at": ended_at, "way": True}
        steps.append({**step, "from_stage": reached, "words": reason.value})
    told.ways.append(
        {
            "place": place,
            "requisition_id": requisition_id,
            "stage": reached,
            "state": state,
            "entered_at": moment,
            "due_at": moment + timedelta(days=USUAL_DAYS[reached]),
            "refusal_reason": reason,
            "recruiter_id": told.by,
            "applied_at": at,
            "ended_at": ended_at,
        }
    )


def _lately(told: _Told, moment: datetime, stage: StageKind) -> datetime:
    """When somebody who is still there came into a stage; one in six waits too long."""
    held = timedelta(days=USUAL_DAYS[stage] * float(told.rng.uniform(0.05, 1.2)))
    return max(moment, told.story.moment - held)


def _identify(person: dict[str, Any], n: int) -> None:
    first = f"990000200001{1 + n % 28:02d}{n % 1000:03d}"
    number = first + spelling.check_digit(first)
    person["identity_number"], person["identity_digest"] = number, digest(number)


def _store(told: _Told) -> None:
    ids = insert_for_ids(Candidate, told.people)
    rows = [{**way, "candidate_id": ids[way.pop("place")]} for way in told.ways]
    way_ids = insert_for_ids(Application, rows)
    way_of = {
        row["candidate_id"]: way_id for row, way_id in zip(rows, way_ids, strict=True)
    }
    blank = {"from_stage": None, "to_stage": None, "words": "", "by_id": told.by}
    insert_rows(
        HistoryEntry,
        [
            {
                **blank,
                **step,
                "candidate_id": candidate_id,
                "application_id": way_of.get(candidate_id) if on_way else None,
            }
            for candidate_id, steps in zip(ids, told.steps, strict=True)
            for step in steps
            for on_way in [step.pop("way", False)]
        ],
    )
