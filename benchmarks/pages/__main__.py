"""Pages at 2,000 employees and a year of facts: python benchmarks/pages

Builds the demo company once (kept in --folder), multiplies its people by copying rows,
then asks for each page again and again: in this process (CPU, median, 95th percentile,
statements, weight with all assets), through gunicorn, at ten times the rows of the
demo, and as 2,000 agents who open their schedule at the change of shifts. Everything
stays on this machine.
"""

import argparse
import statistics
from pathlib import Path

from company import AGENT_FACTS, ROOT, build_demo, grow
from inside import Page, Taken, measure
from served import change_of_shifts, percentile, serve_and_time

# page: what it is, who looks, budget of CPU ms and statements (docs: performance)
KINDS = {"list": (30, 8), "detail": (30, 12), "board": (60, 12), "dashboard": (60, 15)}
PAGES: tuple[Page, ...] = (
    ("First page, manager", "/", "dashboard", "manager"),
    ("First page, planner", "/", "dashboard", "planner"),
    ("First page, supervisor", "/", "dashboard", "supervisor"),
    ("First page, agent", "/", "dashboard", "agent"),
    ("Employees", "/employees", "list", "manager"),
    ("Employees, searched", "/employees?q=li", "list", "manager"),
    ("Employee", "/employees/{employee}", "detail", "manager"),
    ("Teams", "/teams", "list", "manager"),
    ("Team", "/teams/{team}", "detail", "manager"),
    ("Organisation", "/organisation", "board", "manager"),
    ("Absences", "/absences", "list", "planner"),
    ("Projects", "/projects", "list", "manager"),
    ("Project", "/projects/{project}", "detail", "manager"),
    ("Queue", "/queues/{queue}", "detail", "manager"),
    ("Figures", "/figures", "dashboard", "manager"),
    ("Figures, a year by month", "{figures_year}", "dashboard", "manager"),
    ("Contacts", "/contacts", "list", "manager"),
    ("Contact", "/contacts/{contact}", "detail", "manager"),
    ("Imports", "/imports", "list", "planner"),
    ("Forecasts", "/forecasts", "list", "planner"),
    ("Forecast workbench", "/forecasts/{forecast}", "board", "planner"),
    ("Agents required", "/forecasts/{forecast}/requirement", "board", "planner"),
    ("Forecast accuracy", "/forecasts/accuracy", "dashboard", "planner"),
    ("Coverage", "/coverage", "dashboard", "planner"),
    ("Schedules", "/schedules", "list", "planner"),
    ("Schedule", "/schedules/{schedule}", "detail", "planner"),
    ("Roster board", "/schedules/{schedule}/board", "board", "planner"),
    ("Shift", "/shifts/{shift}", "detail", "planner"),
    ("Seats of a floor", "/floors/{floor}", "board", "planner"),
    ("Approvals", "/approvals", "board", "planner"),
    ("My schedule", "/me/schedule", "detail", "agent"),
    ("My leave", "/me/leave", "detail", "agent"),
    ("Users", "/users", "list", "admin"),
    ("Audit trail", "/audit", "list", "admin"),
    ("Search", "/search?q=chen", "dashboard", "manager"),
)


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench-pages")
    parser.add_argument("--employees", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--only", default="", help="a part of the pages' names")
    parser.add_argument("--without-tenfold", action="store_true")
    parser.add_argument("--without-load", action="store_true")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    base = build_demo(options.folder)
    large = grow(base, options.folder / "large.db", employees=options.employees)
    pages = [page for page in PAGES if options.only in page[0]]
    taken = measure(large, pages, options.requests)
    serve_and_time(large, pages, options.requests, taken)
    tenfold = {}
    if not options.without_tenfold:
        ten = grow(base, options.folder / "ten.db", times=10, without=AGENT_FACTS)
        one = measure(base, pages, 5)
        tenfold = {k: (one[k], v) for k, v in measure(ten, pages, 5).items()}
    print_table(pages, taken, tenfold)
    if not options.without_load:
        change_of_shifts(large)


def print_table(
    pages: list[Page],
    taken: dict[str, Taken],
    tenfold: dict[str, tuple[Taken, Taken]],
) -> None:
    """One line a page; a star marks what misses its target."""
    head = (
        f"{'page':28} {'kind':9} {'CPU ms':>8} {'of':>3} {'queries':>8} {'of':>3} "
        f"{'median':>7} {'p95':>6} {'served':>7} {'p95':>6} {'files':>6} {'KB':>5} "
        f"{'10x rows':>16}"
    )
    print(head)
    print("-" * len(head))
    for name, _address, kind, _role in pages:
        one, (cpu_limit, n_limit) = taken[name], KINDS[kind]
        cpu = statistics.median(one.cpu_ms)
        served = statistics.median(one.served_ms) if one.served_ms else 0.0
        served_95 = percentile(one.served_ms) if one.served_ms else 0.0
        print(
            f"{name:28} {kind:9} {star(cpu, cpu_limit, 1)} {cpu_limit:>3} "
            f"{star(one.n_statements, n_limit)} {n_limit:>3} "
            f"{statistics.median(one.wall_ms):7.1f} {percentile(one.wall_ms):6.1f} "
            f"{served:7.1f} {served_95:6.1f} {star(one.n_requests, 8)[2:]:>6} "
            f"{one.weight_kb:5.0f} {growth(tenfold.get(name)):>16}"
            + ("" if one.status == 200 else f"  answered {one.status}")
        )
    print("served: through gunicorn; of: the target; *: missed; ms unless said")


def star(value: float, limit: float, places: int = 0) -> str:
    """The figure, marked where it is beyond its limit."""
    return f"{value:7.{places}f}{'*' if value > limit else ' '}"


def growth(pair: tuple[Taken, Taken] | None) -> str:
    """Statements and time at ten times the rows, against the demo as it is."""
    if pair is None:
        return ""
    one, ten = pair
    ratio = statistics.median(ten.cpu_ms) / statistics.median(one.cpu_ms)
    return f"{one.n_statements} -> {ten.n_statements}, x{ratio:.1f}"


if __name__ == "__main__":
    main()
