"""The plan of a floor: its rows in parts that fit a page, and the seats of one part."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask import url_for
from markupsafe import Markup, escape

from callcenter.kernel.text import _
from callcenter.scheduling.queries import PlacedSeat, SeatRow, SeatUse
from callcenter.web import filters

CELL = 44
GAP = 6
SEATS_SHOWN = 120


@dataclass(frozen=True, slots=True)
class PartOfFloor:
    """Rows that are drawn together."""

    number: int
    first_y: int
    last_y: int
    first_code: str
    last_code: str
    n_seats: int
    n_taken: int


def parts_of(rows: Sequence[SeatRow], most: int = SEATS_SHOWN) -> list[PartOfFloor]:
    """Whole rows side by side, as many as can be looked at together."""
    groups: list[list[SeatRow]] = []
    for row in rows:
        if groups and sum(each.n_seats for each in groups[-1]) + row.n_seats <= most:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [
        PartOfFloor(
            number,
            group[0].y,
            group[-1].y,
            min(each.first_code for each in group),
            max(each.last_code for each in group),
            sum(each.n_seats for each in group),
            sum(each.n_taken for each in group),
        )
        for number, group in enumerate(groups, start=1)
    ]


@dataclass(frozen=True)
class Plan:
    """Seats as they stand, and who sits there, drawn without a template."""

    seats: Sequence[PlacedSeat]
    use: Mapping[int, SeatUse]
    zone: str

    @cached_property
    def _places(self) -> dict[int, int]:
        """Where each row is drawn: an aisle stays one row wide, however wide it is."""
        places: dict[int, int] = {}
        for y in sorted({seat.y for seat in self.seats}):
            before = max(places, default=None)
            step = 0 if before is None else min(2, y - before)
            places[y] = (places[before] if before is not None else 0) + step
        return places

    @cached_property
    def _left(self) -> int:
        return min((seat.x for seat in self.seats), default=0)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the drawing."""
        columns = max((seat.x for seat in self.seats), default=0) - self._left + 1
        rows = max(self._places.values(), default=0) + 1
        return columns * CELL + GAP, rows * CELL + GAP

    @cached_property
    def _url(self) -> str:
        return url_for("scheduling.seat", seat_id=0).removesuffix("0")

    @property
    def drawing(self) -> Markup:
        """The seats as parts of an SVG."""
        free = escape(_("free"))
        return Markup("").join(self._drawn(seat, free) for seat in self.seats)

    def _drawn(self, seat: PlacedSeat, free: Markup) -> Markup:
        taken = self.use.get(seat.id)
        side, middle = CELL - GAP, (CELL - GAP) // 2
        x = GAP + (seat.x - self._left) * CELL
        y = GAP + self._places[seat.y] * CELL
        css, sign, said = "", "♿" if seat.is_accessible else "", free
        if not seat.is_usable:
            css, sign, said = "is-closed", "✕", escape(seat.reason)
        elif taken is not None:
            css, sign, said = "is-taken", taken.name[:7], escape(taken.name)
        if seat.project_name:
            css, said = f"{css} is-kept", said + f" ({seat.project_name})"
        code = escape(seat.code)
        return Markup(  # noqa: S704 - escaped above
            f'<a href="{self._url}{seat.id}" class="{css}">'
            f'<g transform="translate({x} {y})"><title>{code}: {said}</title>'
            f'<rect width="{side}" height="{side}" rx="5"></rect>'
            f'<text x="{middle}" y="15">{code}</text>'
            f'<text class="seat-name" x="{middle}" y="29">{escape(sign)}</text></g></a>'
        )

    @property
    def listing(self) -> Markup:
        """The same seats as rows of a table."""
        return Markup("").join(map(self._listed, self.seats))

    def _listed(self, seat: PlacedSeat) -> Markup:
        taken = self.use.get(seat.id)
        who, until = _("free"), filters.DASH
        if not seat.is_usable:
            who = _("out of order: %(reason)s", reason=seat.reason)
        elif taken is not None:
            who = taken.name
            until = filters.time_of_day(taken.ends_at, self.zone)
        return Markup(  # noqa: S704 - escaped here
            f'<tr><th scope="row"><a href="{self._url}{seat.id}">{escape(seat.code)}'
            f"</a></th><td>{escape(who)}</td><td>{until}</td>"
            f"<td>{escape(seat.project_name or filters.DASH)}</td></tr>"
        )
