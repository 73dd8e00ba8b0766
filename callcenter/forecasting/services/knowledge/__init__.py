"""What planners know of the past and the future, which no history tells."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.forecasting.services.knowledge.entering import (
        campaign_record,
        campaign_records,
        enter_campaigns,
        enter_events,
        event_record,
        event_records,
    )
    from callcenter.forecasting.services.knowledge.records import rows_of_text

__all__ = [
    "campaign_record",
    "campaign_records",
    "enter_campaigns",
    "enter_events",
    "event_record",
    "event_records",
    "rows_of_text",
]

lazily(__name__)
