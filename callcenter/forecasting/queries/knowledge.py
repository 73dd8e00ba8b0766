"""What planners know: events, choices about the history, likeness, totals."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcenter.forecasting.models import (
    Adjustment,
    Borrowed,
    CampaignPlan,
    Event,
    EventQueue,
    Finding,
    Forecast,
    ForecastDay,
    ForecastQueue,
    ForecastStatus,
    HistoryChoice,
    Likeness,
    TotalDay,
    TotalPlan,
)
from callcenter.forecasting.models.knowledge import MOST_LAG_DAYS, MOST_LEAD_DAYS
from callcenter.forecasting.queries.rows import Found
from callcenter.kernel.actor import Scope
from callcenter.kernel.db import db
from callcenter.kernel.errors import NotFound
from callcenter.projects import queries as project_queries
from callcenter.projects.models import Queue


def visible_events(scope: Scope) -> Select[Event]:
    """The events of the projects within a scope, latest first, with their queues."""
    return (
        select(Event)
        .join(Event.project)
        .options(
            joinedload(Event.project),
            selectinload(Event.queues).joinedload(EventQueue.queue),
        )
        .where(project_queries.in_scope(scope))
        .order_by(Event.first_day.desc(), Event.id.desc())
    )


def get_event(event_id: int, scope: Scope) -> Event:
    """The event with its project and queues; raises `NotFound`."""
    found = db.session.scalars(
        visible_events(scope).where(Event.id == event_id)
    ).one_or_none()
    if found is None:
        raise NotFound(event_id=event_id)
    return found


def events_felt(project_id: int, first: date, last: date) -> Sequence[Event]:
    """A project's events that may be felt on those days, earliest first."""
    return db.session.scalars(
        select(Event)
        .options(selectinload(Event.queues))
        .where(
            Event.project_id == project_id,
            Event.first_day <= last + timedelta(days=MOST_LEAD_DAYS),
            Event.last_day >= first - timedelta(days=MOST_LAG_DAYS),
        )
        .order_by(Event.first_day, Event.id)
    ).all()


def event_kinds(project_id: int) -> Sequence[str]:
    """The kinds of events that a project knows."""
    return db.session.scalars(
        select(Event.kind)
        .where(Event.project_id == project_id)
        .distinct()
        .order_by(Event.kind)
    ).all()


def ruling_choices(queue_ids: Collection[int]) -> dict[int, list[HistoryChoice]]:
    """The choices about queues' histories that were not taken back, oldest first."""
    rows = db.session.scalars(
        select(HistoryChoice)
        .where(
            HistoryChoice.queue_id.in_(queue_ids),
            HistoryChoice.taken_back_at.is_(None),
        )
        .order_by(HistoryChoice.id)
    )
    found: dict[int, list[HistoryChoice]] = {}
    for row in rows:
        found.setdefault(row.queue_id, []).append(row)
    return found


def all_choices(queue_id: int) -> Sequence[HistoryChoice]:
    """Every choice about a queue's history, those taken back too, latest first."""
    return db.session.scalars(
        select(HistoryChoice)
        .where(HistoryChoice.queue_id == queue_id)
        .order_by(HistoryChoice.id.desc())
    ).all()


def get_choice(choice_id: int) -> HistoryChoice:
    """One choice about a history; raises `NotFound`."""
    found = db.session.get(HistoryChoice, choice_id)
    if found is None:
        raise NotFound(choice_id=choice_id)
    return found


def likenesses(queue_ids: Collection[int]) -> dict[int, Likeness]:
    """What stands in for the history of those queues, where a planner said so."""
    rows = db.session.scalars(select(Likeness).where(Likeness.queue_id.in_(queue_ids)))
    return {row.queue_id: row for row in rows}


def borrowed_by(forecast_id: int, queue_id: int) -> Sequence[Borrowed]:
    """From whom a queue of a forecast has its early days, the likest first."""
    return db.session.scalars(
        select(Borrowed)
        .where(Borrowed.forecast_id == forecast_id, Borrowed.queue_id == queue_id)
        .order_by(Borrowed.share.desc())
    ).all()


def total_days(forecast_id: int) -> Sequence[TotalDay]:
    """The total of a forecast as one series, by day."""
    return db.session.scalars(
        select(TotalDay)
        .where(TotalDay.forecast_id == forecast_id)
        .order_by(TotalDay.day)
    ).all()


def find_total_plan(forecast_id: int) -> TotalPlan | None:
    """How a forecast's queues add up, where it is not bottom up."""
    return db.session.get(TotalPlan, forecast_id)


def visible_campaigns(scope: Scope) -> Select[CampaignPlan]:
    """The campaign plans of the projects within a scope, latest first."""
    return (
        select(CampaignPlan)
        .join(CampaignPlan.project)
        .join(CampaignPlan.queue)
        .options(joinedload(CampaignPlan.project), joinedload(CampaignPlan.queue))
        .where(project_queries.in_scope(scope))
        .order_by(CampaignPlan.first_day.desc(), CampaignPlan.id.desc())
    )


def get_campaign(campaign_id: int, scope: Scope) -> CampaignPlan:
    """The plan with its project and queue; raises `NotFound`."""
    found = db.session.scalars(
        visible_campaigns(scope).where(CampaignPlan.id == campaign_id)
    ).one_or_none()
    if found is None:
        raise NotFound(campaign_id=campaign_id)
    return found


def campaigns_within(
    queue_ids: Collection[int], first: date, last: date
) -> dict[int, list[CampaignPlan]]:
    """The plans for queues that touch those days, by queue, earliest first."""
    rows = db.session.scalars(
        select(CampaignPlan)
        .where(
            CampaignPlan.queue_id.in_(queue_ids),
            CampaignPlan.first_day <= last,
            CampaignPlan.last_day >= first,
        )
        .order_by(CampaignPlan.first_day, CampaignPlan.id)
    )
    found: dict[int, list[CampaignPlan]] = {}
    for row in rows:
        found.setdefault(row.queue_id, []).append(row)
    return found


def adjustments_without_place(forecast_id: int) -> Sequence[Adjustment]:
    """Changes by hand that ask for contacts on days on which none can come."""
    return db.session.scalars(
        select(Adjustment)
        .join(
            ForecastDay,
            and_(
                ForecastDay.forecast_id == Adjustment.forecast_id,
                ForecastDay.queue_id == Adjustment.queue_id,
                ForecastDay.day == Adjustment.day,
            ),
        )
        .where(
            Adjustment.forecast_id == forecast_id,
            Adjustment.taken_back_at.is_(None),
            Adjustment.total > 0.0,
            ForecastDay.total <= 0.0,
        )
        .order_by(Adjustment.id)
    ).all()


def queues_like(
    queues: Collection[Queue], likeness: Mapping[int, Likeness]
) -> Sequence[Queue]:
    """Queues that might lend to those: of their projects, or named by a planner."""
    named = {row.like_queue_id for row in likeness.values()} - {None}
    kinds = [
        and_(Queue.project_id == queue.project_id, Queue.direction == queue.direction)
        for queue in queues
    ]
    return db.session.scalars(
        select(Queue)
        .options(joinedload(Queue.project))
        .where(or_(Queue.id.in_(named), *kinds))
        .order_by(Queue.id)
    ).all()


def latest_findings(queue_id: int) -> list[Found]:
    """What the latest forecast of a queue found in its history, latest day first."""
    rows = db.session.execute(
        select(Finding.kind, Finding.day, Finding.size)
        .where(Finding.queue_id == queue_id, Finding.forecast_id == _latest(queue_id))
        .order_by(Finding.day.desc(), Finding.kind)
    )
    return [Found(*row) for row in rows]


def latest_lenders(queue_id: int) -> Sequence[tuple[str, float]]:
    """From whom the latest forecast of a queue took early days: name, share."""
    rows = db.session.execute(
        select(Queue.name, Borrowed.share)
        .join(Queue, Queue.id == Borrowed.lender_id)
        .where(Borrowed.queue_id == queue_id, Borrowed.forecast_id == _latest(queue_id))
        .order_by(Borrowed.share.desc(), Queue.name)
    )
    return [(name, share) for name, share in rows]


def _latest(queue_id: int) -> ScalarSelect[int]:
    """The latest forecast with figures that a queue is part of."""
    return (
        select(func.max(ForecastQueue.forecast_id))
        .join(Forecast, Forecast.id == ForecastQueue.forecast_id)
        .where(ForecastQueue.queue_id == queue_id, Forecast.history_last.is_not(None))
        .scalar_subquery()
    )


def draft_ids(queue_id: int) -> Sequence[int]:
    """The drafts that a queue is part of, latest first."""
    return db.session.scalars(
        select(Forecast.id)
        .join(ForecastQueue, ForecastQueue.forecast_id == Forecast.id)
        .where(
            ForecastQueue.queue_id == queue_id, Forecast.status == ForecastStatus.DRAFT
        )
        .order_by(Forecast.id.desc())
    ).all()


def event_days(
    scope: Scope, first: date, last: date, project_id: int | None = None
) -> Sequence[Event]:
    """Events within a scope that lie on any of those days, earliest first, alone."""
    statement = (
        select(Event)
        .join(Event.project)
        .where(
            project_queries.in_scope(scope),
            Event.first_day <= last,
            Event.last_day >= first,
        )
        .order_by(Event.first_day, Event.id)
    )
    if project_id is not None:
        statement = statement.where(Event.project_id == project_id)
    return db.session.scalars(statement).all()


def totals_by_day(
    forecast_id: int, queue_ids: Collection[int]
) -> dict[date, dict[int, tuple[float, float]]]:
    """What the method found and what is planned, by day and queue of a forecast."""
    rows = db.session.execute(
        select(
            ForecastDay.day,
            ForecastDay.queue_id,
            ForecastDay.model_total,
            ForecastDay.total,
        ).where(
            ForecastDay.forecast_id == forecast_id,
            ForecastDay.queue_id.in_(queue_ids),
        )
    )
    found: dict[date, dict[int, tuple[float, float]]] = {}
    for day, queue_id, model_total, total in rows:
        found.setdefault(day, {})[queue_id] = (model_total, total)
    return found
