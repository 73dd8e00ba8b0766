"""Run with: python benchmarks/roster_rotating.py [--seconds 60].

Finds a rotation for every published instance beside the repository and prints a row for
each: groups, seconds by the clock and of the processor, and the verdicts of our checker
and of the evaluator that lies beside the instances.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

from callcenter.cli.engine.roster_formats.rws import read_rws
from callcenter.engine.rostering.rotation import (
    Rotation,
    check_rotation,
    solve_rotation,
)

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "rws"


def main() -> None:
    """Solve every instance there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    print("| instance | groups | status | s | CPU s | checker | evaluator |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for path in sorted((asked.bench / "instances").glob("*.dzn")):
        problem = read_rws(path)
        found = solve_rotation(problem, time_limit_s=asked.seconds)
        n_breaches = len(check_rotation(problem, found))
        print(
            f"| {path.stem} | {problem.n_groups} | {found.status} |"
            f" {found.seconds:.2f} | {found.cpu_seconds:.2f} | {n_breaches} breaches |"
            f" {outside_verdict(path, found, asked.bench)} |"
        )
        sys.stdout.flush()


def outside_verdict(path: Path, found: Rotation, bench: Path) -> str:
    """What the evaluator beside the instances says, where there is one."""
    evaluator = bench / "evaluate.py"
    if not evaluator.exists():
        return "no evaluator here"
    with tempfile.TemporaryDirectory() as place:
        solution = Path(place) / "weeks.csv"
        with solution.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(found.weeks.tolist())
        said = subprocess.run(
            [sys.executable, str(evaluator), str(path), str(solution)],
            check=False,
            capture_output=True,
            text=True,
        )
    return said.stdout.split()[0]


if __name__ == "__main__":
    main()
