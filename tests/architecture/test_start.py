"""A web process starts without what only calculations, files and letters need."""

import json
import subprocess
import sys

from tests.architecture.rooms import ROOT

# Megabytes each, in every process of every server.
FOR_WORK_ONLY = {
    "alembic",
    "holidays",
    "icalendar",
    "numba",
    "numpy",
    "ortools",
    "pypinyin",
    "python_calamine",
    "reportlab",
    "segno",
    "xlsxwriter",
    "zxcvbn",
}
START = """
import json, sys
from pathlib import Path
from callcenter.app import create_app
from callcenter.config import Config
create_app(Config("testing", Path(sys.argv[1]), "sqlite://", "x" * 32, ("x" * 32,)))
print(json.dumps(sorted(sys.modules)))
"""


def modules_at_start(folder):
    """What a fresh process has imported once the application stands."""
    command = [sys.executable, "-c", START, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_served_application_starts_without_what_only_work_needs(tmp_path):
    loaded = {name.partition(".")[0] for name in modules_at_start(tmp_path)}

    assert loaded & FOR_WORK_ONLY == set()


def test_the_served_application_starts_without_the_engine(tmp_path):
    engine = {
        name
        for name in modules_at_start(tmp_path)
        if name.startswith("callcenter.engine.") and not name.endswith("forecasting")
    }

    assert engine <= {"callcenter.engine.forecasting.words"}
