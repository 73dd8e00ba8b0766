"""What this room tells others. The sender of each is a `FactsChange`."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from blinker import signal


@dataclass(frozen=True, slots=True)
class FactsChange:
    """Which project's facts changed, and on which local days."""

    project_id: int
    days: Collection[date]


# sent inside the transaction that stored the facts
facts_loaded = signal("acd.facts_loaded")
facts_corrected = signal("acd.facts_corrected")
