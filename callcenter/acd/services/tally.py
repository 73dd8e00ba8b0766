"""What reading has found so far."""

from dataclasses import dataclass, field

from callcenter.acd.connectors.records import IntColumn

Span = tuple[int, int]


@dataclass(slots=True)
class Tally:
    """Counts of rows, and from when to when each kind of figure comes."""

    n_rows: int = 0
    n_errors: int = 0
    n_notices: int = 0
    spans: dict[str, Span] = field(default_factory=dict)

    def stretch(self, kind: str, at: IntColumn) -> None:
        """Note the instants of some contacts or counted intervals."""
        low, high = self.spans.get(kind, (int(at[0]), int(at[0])))
        self.spans[kind] = (min(low, int(at.min())), max(high, int(at.max())))
