"""The floors' seats, and the shift library."""

from datetime import timedelta

from callcenter.demo.company import Floor
from callcenter.demo.loading.rows import Story, insert_for_ids
from callcenter.scheduling.models import Seat
from callcenter.scheduling.services import install_library

AISLE = 1
# Banks and insurers ask that nobody else sits among their people.
KEPT_FOR = {
    ("HF-4", "A"): "BANK",
    ("HF-4", "B"): "BANK",
    ("LX-1", "A"): "INTL",
    ("CD-14", "A"): "INS",
    ("CD-14", "B"): "INS",
}
OUT_OF_ORDER = {
    ("HF-3", "B3-04"): "Headset socket broken",
    ("CD-12", "C2-06"): "No network",
    ("LX-1", "D5-01"): "Screen flickers",
}


def load_seats(story: Story) -> int:
    """Lay the seats out, zone beside zone, and install the shifts; how many seats."""
    install_library()
    for floor in story.company.floors:
        rows = [_seat(story, floor, place) for place in range(len(floor.seats))]
        ids = insert_for_ids(Seat, rows)
        names = ((floor.code, seat.name) for seat in floor.seats)
        story.ids.seats.update(zip(names, ids, strict=True))
    return len(story.ids.seats)


def _seat(story: Story, floor: Floor, place: int) -> dict[str, object]:
    seat = floor.seats[place]
    zones = sorted({each.zone for each in floor.seats})
    width = max(each.number for each in floor.seats) + AISLE
    kept_for = KEPT_FOR.get((floor.code, seat.zone))
    reason = OUT_OF_ORDER.get((floor.code, seat.name), "")
    return {
        "floor_id": story.ids.floors[floor.code],
        "code": seat.name,
        "zone": seat.zone,
        "x": zones.index(seat.zone) * width + seat.number - 1,
        "y": seat.row - 1,
        "project_id": story.ids.projects[kept_for] if kept_for else None,
        "is_accessible": seat.row == 1 and seat.number == 1,
        "out_of_order_since": story.moment - timedelta(days=2) if reason else None,
        "out_of_order_reason": reason,
    }
