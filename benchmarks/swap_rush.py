"""python benchmarks/swap_rush.py [N] — N people at once want one shift, or one seat.

N requests (200) start together, each in its own thread with its own database session:
swaps of one shift that all lack only its owner's word; one swap agreed to N times;
N shifts that would take one seat. Exactly one may win; the others must be told why.
Runs on a new SQLite file and on a PostgreSQL server of its own.
"""

import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from flask import Flask
from sqlalchemy import func, select, update

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import database_url, db, transaction
from callcenter.scheduling import services
from callcenter.scheduling.models import Shift
from callcenter.scheduling.models.swaps import SwapAnswer
from tests.factories.scheduling import make_center, make_seat
from tests.factories.swaps import give, make_week
from tests.own_postgres import own_postgres


def main(arguments: Sequence[str]) -> None:
    """Print one line for each case and database."""
    n = int(arguments[0]) if arguments else 200
    print(f"{'database':11}{'case':28}{'wall s':>8}{'CPU s':>8}  outcome")
    with tempfile.TemporaryDirectory() as folder:
        for url in (f"sqlite:///{folder}/rush.db", database_url(own_postgres())):
            secret = "x" * 32
            app = create_app(
                Config(
                    "testing", Path(folder), url, secret, (secret,), log_level="ERROR"
                )
            )
            with app.app_context():
                db.create_all()
                for case in (many_swaps, one_swap, one_seat):
                    _report(app, case, n)
                db.session.remove()
                db.engine.dispose()


Works = list[Callable[[], str]]


def many_swaps(n: int) -> Works:
    """Swaps of one shift with n others; its owner says yes to all of them."""
    owner_id, swap_ids = _asked(n)
    return [_agreeing(each, owner_id) for each in swap_ids]


def one_swap(n: int) -> Works:
    """One swap, agreed to n times."""
    owner_id, swap_ids = _asked(1)
    return [_agreeing(swap_ids[0], owner_id)] * n


def one_seat(n: int) -> Works:
    """Shifts at one time that all would sit on one seat."""
    center = make_center(n_agents=n, n_seats=0)
    seat = make_seat(center)
    week = make_week(center)
    ids = [give(week, center, place, 0).id for place in range(n)]
    db.session.commit()
    seat_id = seat.id

    def sitting(shift_id: int) -> Callable[[], str]:
        def work() -> str:
            taken = update(Shift).where(Shift.id == shift_id).values(seat_id=seat_id)
            db.session.execute(taken)
            return "seated"

        return work

    return [sitting(each) for each in ids]


def _asked(n: int) -> tuple[int, list[int]]:
    center = make_center(n_agents=n + 1, n_seats=1)
    week = make_week(center)
    wanted = give(week, center, 0, 0, 9)
    swap_ids = []
    for place in range(1, n + 1):
        theirs = give(week, center, place, 0, 12, "LATE")
        swap = services.ask_for_swap(theirs.employee, [theirs.id, wanted.id])
        db.session.commit()
        swap_ids.append(swap.id)
    return wanted.employee_id, swap_ids


def _agreeing(swap_id: int, owner_id: int) -> Callable[[], str]:
    def work() -> str:
        swap = services.answer_swap(swap_id, owner_id, SwapAnswer.AGREED)
        return swap.state.value if swap.loss is None else f"lost: {swap.loss.value}"

    return work


def _report(app: Flask, case: Callable[[int], Works], n: int) -> None:
    works = case(n)
    db.session.remove()
    wall, cpu = time.perf_counter(), time.process_time()
    told = Counter(_at_once(app, works))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    outcome = ", ".join(f"{count} × {what}" for what, count in told.most_common())
    name = db.engine.dialect.name
    print(f"{name:11}{case.__name__:28}{wall:8.2f}{cpu:8.2f}  {outcome}")
    n_doubled = db.session.scalar(
        select(func.count()).select_from(
            select(Shift.seat_id)
            .where(Shift.is_live, Shift.seat_id.is_not(None))
            .group_by(Shift.seat_id)
            .having(func.count() > 1)
            .subquery()
        )
    )
    if n_doubled:
        raise SystemExit("two people were seated on one seat")


def _at_once(app: Flask, works: Works) -> list[Any]:
    barrier = threading.Barrier(len(works))
    told: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with transaction():
                    told[place] = works[place]()
            except Exception as refusal:  # noqa: BLE001 - it is the answer
                told[place] = type(refusal).__name__
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


if __name__ == "__main__":
    main(sys.argv[1:])
