"""Run with: python benchmarks/roster_published.py [--instances 1-12] [--seeds 3 --cpu].

Rosters the published instances (Curtois and Qu 2014) and prints a row for each one and
seed: objective, bound, gap, seconds by the clock and of the processor, best known, and
the verdicts of our checker and of the evaluator that lies beside the instances. With
--median only the medians over the seeds. With --cpu the limit counts the processor's
seconds of all workers, as on a crowded machine the clock says nothing.
"""

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from callcenter.cli.engine.roster_formats.nrp_file import read_nrp
from callcenter.engine.rostering.duties import (
    OFF,
    DutyProblem,
    DutyRoster,
    check_duties,
    solve_duties,
)

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "nrp"


def main() -> None:
    """Roster every instance asked for with every seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--instances", default="1-24", help="1-12,14 (those there are)")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--median", action="store_true", help="one row an instance")
    parser.add_argument("--cpu", action="store_true", help="count processor seconds")
    asked = parser.parse_args()
    best = best_known(asked.bench)
    print("| instance | seed | s | CPU s | objective | bound | gap | best | verdicts |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for number in numbers(asked.instances):
        path = asked.bench / "instances" / f"Instance{number}.txt"
        if not path.exists():
            continue
        runs = []
        for seed in range(asked.seeds):
            runs.append(run(path, seed, asked))
            if not asked.median:
                tell(number, str(seed), runs[-1:], best.get(number, "-"))
        if asked.median or asked.seeds > 1:
            tell(number, "median", runs, best.get(number, "-"))


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    seconds: float
    cpu_seconds: float
    objective: float
    bound: float
    gap: float
    verdicts: str


def tell(number: int, seed: str, runs: list[Run], best: str) -> None:
    """A row of the table: the medians of some runs."""
    cells = (
        f"{median(one.seconds for one in runs):.1f}",
        f"{median(one.cpu_seconds for one in runs):.1f}",
        f"{median(one.objective for one in runs):g}",
        f"{median(one.bound for one in runs):g}",
        f"{median(one.gap for one in runs):.2%}",
        best,
        " / ".join(sorted({one.verdicts for one in runs})),
    )
    print(f"| {number} | {seed} | {' | '.join(cells)} |")
    sys.stdout.flush()


def numbers(text: str) -> list[int]:
    """1-3,5 as 1, 2, 3, 5."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def best_known(bench: Path) -> dict[int, str]:
    """The best published objective of each instance."""
    path = bench / "best_known.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as lines:
        return {int(r["instance"]): r["best_known"] for r in csv.DictReader(lines)}


def run(path: Path, seed: int, asked: argparse.Namespace) -> Run:
    """Roster one instance and have the roster judged."""
    problem = read_nrp(path)
    found = solve_duties(
        problem,
        time_limit_s=asked.seconds,
        seed=seed,
        workers=asked.workers,
        clock=time.process_time if asked.cpu else time.monotonic,
    )
    verdict = check_duties(problem, found)
    words = "honest" if verdict.is_honest else "WRONG"
    words += f"; {outside_verdict(path, problem, found, asked.bench)}"
    return Run(
        found.seconds,
        found.cpu_seconds,
        found.objective,
        found.bound,
        found.gap,
        words,
    )


def outside_verdict(
    path: Path, problem: DutyProblem, found: DutyRoster, bench: Path
) -> str:
    """What the evaluator beside the instances says, where there is one."""
    evaluator = bench / "evaluate.py"
    if not evaluator.exists():
        return "no evaluator here"
    with tempfile.TemporaryDirectory() as place:
        solution = Path(place) / "solution.csv"
        with solution.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("employee", "day", "shift"))
            for employee, line in zip(
                problem.employees, found.assigned.tolist(), strict=True
            ):
                for day, kind in enumerate(line):
                    if kind != OFF:
                        writer.writerow((employee, day, problem.types[kind]))
        said = subprocess.run(
            [sys.executable, str(evaluator), str(path), str(solution)],
            check=False,
            capture_output=True,
            text=True,
        )
    said_words = said.stdout.split()
    return " ".join(said_words[:2] + said_words[-1:])


if __name__ == "__main__":
    main()
