"""The workbench with two years of one queue at 15 minutes, around the clock.

    python benchmarks/workbench.py [DATABASE_URL]

CPU milliseconds of the server for one page (least and median of nine, after warm-up),
statements, and kilobytes, for every view. The database must be empty; without one, a
file of SQLite is made.
"""

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sqlalchemy import Engine, event

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.forecasting import services
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db, transaction
from callcenter.projects.queries import get_queue
from tests.factories.access import signed_in_client
from tests.factories.forecasting import make_facts, make_forecast
from tests.factories.projects import make_queue

DAYS = 2 * 364
METHODS = "&".join(
    f"method={name}"
    for name in ("naive", "mean4", "median6", "profile", "svd-level", "structure")
)
YEARS = "under=year&under=two-years"
LOOKS = {
    "28 days, 6 weeks of history": (0, ""),
    "28 days, 2 years by day": (0, "back=104"),
    "the same, years under it, all methods": (0, f"back=104&{YEARS}&{METHODS}"),
    "week by interval, 6 weeks under it": (0, f"view=weeks&{YEARS}"),
    "week by interval, 2 years under it": (0, f"view=weeks&back=104&{YEARS}"),
    "one day, 2 years under it, all methods": (
        0,
        f"view=day&back=104&{YEARS}&{METHODS}",
    ),
    "448 days, four weeks of them": (1, ""),
    "448 days whole, 2 years, all methods": (
        1,
        f"ahead=all&back=104&under=year&{METHODS}",
    ),
}


def main(arguments):
    with tempfile.TemporaryDirectory() as folder:
        url = arguments[0] if arguments else f"sqlite:///{folder}/bench.db"
        app = create_app(_config(Path(folder), url))
        with app.app_context():
            with acting(SYSTEM):
                forecasts = _fill()
            client = signed_in_client(app, "planner")
        print(f"{'look':40} {'least ms':>9} {'median':>7} {'SQL':>4} {'KB':>5}")
        for name, (which, look) in LOOKS.items():
            _measure(client, name, f"/forecasts/{forecasts[which]}?{look}")


def _config(folder, url):
    secret = "a secret that only this benchmark knows"
    return Config("testing", folder, url, secret, (secret,), log_level="ERROR")


def _fill():
    """A queue with two years of facts, forecasts of 28 and 448 days, and copies."""
    db.create_all()
    today = clock.now().date()
    first = today - timedelta(days=DAYS)
    queue = make_queue(name="Bills")
    make_facts(queue, first, DAYS, hours=(0, 24))
    monday = today + timedelta(days=7 - today.weekday())
    made = [make_forecast([queue], monday, n, name=f"{n} days") for n in (28, 448)]
    ids = [each.id for each in made]
    queue_id = queue.id
    with transaction():
        services.copy_counted_days(get_queue(queue_id, EVERYTHING), first, today)
    return ids


def _measure(client, name, address):
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    times = []
    for turn in range(12):
        statements.clear()
        started = time.process_time()
        answer = client.get(address)
        if turn >= 3:
            times.append((time.process_time() - started) * 1000)
    event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    size, n = len(answer.data) / 1024, len(statements)
    print(f"{name:40} {min(times):9.1f} {median(times):7.1f} {n:4} {size:5.0f}")


if __name__ == "__main__":
    main(sys.argv[1:])
