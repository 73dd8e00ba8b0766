"""A draft that two planners have worked on: changes with reasons, and a comment."""

from datetime import timedelta

from sqlalchemy import select

from callcenter.demo.loading.rows import Story
from callcenter.forecasting import queries
from callcenter.forecasting import services as forecasting
from callcenter.forecasting.models import Forecast, ForecastStatus
from callcenter.kernel.actor import EVERYTHING
from callcenter.kernel.db import db

LETTER_DAY, SALE_DAY = 8, 17
CHANGES = (
    (LETTER_DAY, 1.12, "A letter on the new card fees goes out the day before"),
    (LETTER_DAY + 1, 1.06, "The letter's second day"),
    (SALE_DAY, 0.94, "The app answers balance questions from here on"),
)
COMMENT = "The bank confirmed the date of the letter by phone; 240,000 pieces."


def tend_draft(story: Story, *, by: int, colleague: int) -> int:
    """Work on the bank's draft as planners do; returns how many days they changed."""
    draft_id = db.session.scalars(
        select(Forecast.id)
        .where(
            Forecast.project_id == story.ids.projects["BANK"],
            Forecast.status == ForecastStatus.DRAFT,
        )
        .order_by(Forecast.id.desc())
    ).first()
    if draft_id is None:
        return 0
    draft = queries.get_forecast(draft_id, EVERYTHING)
    queue_id = draft.queues[0].queue_id
    totals = {row.day: row.total for row in queries.day_rows(draft_id, queue_id)}
    for offset, factor, reason in CHANGES:
        day = draft.first_day + timedelta(days=offset)
        total = float(round(totals[day] * factor))
        forecasting.adjust_day(draft, queue_id, day, total, comment=reason, by=by)
    day = draft.first_day + timedelta(days=LETTER_DAY)
    forecasting.add_note(draft, COMMENT, queue_id=queue_id, day=day, by=colleague)
    return len(CHANGES)
