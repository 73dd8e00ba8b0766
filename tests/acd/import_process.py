"""An import in a process of its own, which can be told where to stand still.

Run: python -m tests.acd.import_process IMPORT_ID FILE [POINT]
"""

import sys
import time
from pathlib import Path

from callcenter.acd import services
from callcenter.acd.connectors import csv_rows
from callcenter.acd.events import facts_loaded
from callcenter.acd.services import spool
from callcenter.app import create_app
from callcenter.kernel.actor import SYSTEM, acting

ROWS_A_CHUNK = 500


class StandingStill(services.Progress):
    """Stands still for good at one point, until the process is killed."""

    def __init__(self, point: str, mark: Path) -> None:
        super().__init__()
        self.point, self.mark, self.n_changes = point, mark, 0

    def read(self, tally: services.Tally) -> None:
        """Some rows are in the spool, the others are not."""
        self._stand("reading")

    def applied(self, done: int, total: int) -> None:
        """A transaction is committed."""
        self._stand("between-transactions")

    def hear(self, _change: object) -> None:
        """Contacts and facts of a chunk are written, and not committed."""
        self.n_changes += 1
        if self.n_changes == 3:
            self._stand("in-a-transaction")

    def _stand(self, point: str) -> None:
        if point == self.point:
            self.mark.touch()
            time.sleep(600)


def main() -> None:
    import_id, path = int(sys.argv[1]), Path(sys.argv[2])
    point = sys.argv[3] if len(sys.argv) > 3 else ""
    spool.CHUNK_ROWS = csv_rows.BATCH_ROWS = ROWS_A_CHUNK
    progress = StandingStill(point, path.with_name("standing"))
    facts_loaded.connect(progress.hear)
    with create_app().app_context(), acting(SYSTEM):
        services.carry_out(import_id, [path], progress)


if __name__ == "__main__":
    main()
