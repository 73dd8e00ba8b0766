"""Run with: python benchmarks/shift_design.py [--seconds 60].

Designs shifts for every published instance beside the repository and prints a row for
each: objective, bound, seconds by the clock and of the processor, the verdict of our
checker and the points that the evaluator beside the instances counts.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from callcenter.cli.engine.roster_formats.shift_design import read_shift_design
from callcenter.engine.rostering.design import (
    Design,
    DesignProblem,
    check_design,
    solve_design,
)

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "shift-design"


def main() -> None:
    """Solve every instance there is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    print("| instance | objective | bound | status | s | CPU s | checker | evaluator |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for path in sorted((asked.bench / "instances").glob("*/*.dzn")):
        problem = read_shift_design(path)
        found = solve_design(problem, time_limit_s=asked.seconds)
        words = "honest" if check_design(problem, found).is_honest else "WRONG"
        cells = (
            f"{path.parent.name} {path.stem}",
            f"{found.objective:g} | {found.bound:g} | {found.status}",
            f"{found.seconds:.2f} | {found.cpu_seconds:.2f} | {words}",
            outside_verdict(path, problem, found, asked.bench),
        )
        print(f"| {' | '.join(cells)} |")
        sys.stdout.flush()


def outside_verdict(
    path: Path, problem: DesignProblem, found: Design, bench: Path
) -> str:
    """The cost that the evaluator beside the instances counts, where there is one."""
    evaluator = bench / "evaluate.py"
    if not evaluator.exists():
        return "no evaluator here"
    with tempfile.TemporaryDirectory() as place:
        solution = Path(place) / "design.csv"
        with solution.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            for shift, day in np.argwhere(found.people > 0):
                people = found.people[shift, day]
                writer.writerow((*problem.shifts[shift], day, people))
        said = subprocess.run(
            [sys.executable, str(evaluator), str(path), str(solution)],
            check=False,
            capture_output=True,
            text=True,
        )
    return said.stdout.split(",")[0].strip("{")


if __name__ == "__main__":
    main()
