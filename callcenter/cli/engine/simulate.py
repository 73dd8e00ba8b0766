"""``callcenter engine simulate``: a center in a file, day after day."""

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
import numpy as np

from callcenter.cli.engine.center_file import read_center
from callcenter.cli.engine.places import OutputPath
from callcenter.engine.errors import EngineInputError
from callcenter.engine.simulation import Center, Service, Simulation, simulate

_FIELDS = (
    "offered",
    "answered",
    "abandoned",
    "blocked",
    "disconnected",
    "left",
    "redials",
    "transfers",
    "in_threshold",
    "sl",
    "sl_lower",
    "sl_upper",
    "chance",
    "chance_lower",
    "chance_upper",
    "asa_s",
    "asa_lower_s",
    "asa_upper_s",
    "abandon_rate",
    "handling_s",
)
_QUANTILES = (0.5, 0.9, 0.95)
_HEAD = (
    "kind",
    "name",
    "interval",
    "start_s",
    *_FIELDS,
    *(f"wait_{round(100 * share)}_s" for share in _QUANTILES),
    "staffed_agents",
    "occupancy",
    "dialled",
    "reached",
)


@click.command("simulate")
@click.argument("center", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--replications",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Days to simulate.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--antithetic/--independent",
    default=True,
    help="Whether every other day mirrors the one before.  [default: antithetic]",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Threads that share the days; the result does not depend on them.",
)
@click.option("--out", default="-", type=OutputPath(), help="CSV; - prints.")
def simulate_command(
    center: Path,
    replications: int,
    seed: int,
    antithetic: bool,  # noqa: FBT001
    workers: int,
    out: str,
) -> None:
    """Simulate the center of a TOML file and write what each interval brings.

    One row for each contact type, group and campaign and each interval, and one for the
    whole day with an empty interval. Bands are 95 % confidence intervals; `chance` is
    the share of days on which the service level reached its target.
    """
    found_center = read_center(center)
    rng = np.random.default_rng(seed)
    try:
        with _progress(replications) as tell:
            found = simulate(
                found_center,
                n_days=replications,
                rng=rng,
                antithetic=antithetic,
                progress=tell,
                workers=workers,
            )
    except EngineInputError as error:
        raise click.UsageError(f"{center.name}: {error}") from error
    with _opened(out) as file:
        rows = csv.DictWriter(file, _HEAD, lineterminator="\n", restval="")
        rows.writeheader()
        rows.writerows(_rows(found_center, found))


@contextmanager
def _progress(n_days: int) -> Iterator[Any]:
    """A bar on the terminal, where there is one."""
    with click.progressbar(
        length=n_days, label="Simulating", file=sys.stderr, hidden=not _is_terminal()
    ) as bar:
        yield lambda _done, _days: bar.update(1)


def _is_terminal() -> bool:
    return sys.stderr.isatty()


@contextmanager
def _opened(out: str) -> Iterator[IO[str]]:
    if out == "-":
        yield sys.stdout
        return
    with Path(out).open("w", newline="", encoding="utf-8") as file:
        yield file


def _rows(center: Center, found: Simulation) -> Iterator[dict[str, Any]]:
    names = {name: found.wait_quantile_s(share) for name, share in _named_quantiles()}
    days = {
        name: found.day_wait_quantile_s(share) for name, share in _named_quantiles()
    }
    for k, name in enumerate(found.type_names):
        for p in range(center.n_intervals):
            yield {
                **_place("type", name, center, p),
                **_service(found.intervals, (k, p)),
                **{column: _shown(values[k, p]) for column, values in names.items()},
            }
        yield {
            **_place("type", name, center, None),
            **_service(found.day, (k,)),
            **{column: _shown(values[k]) for column, values in days.items()},
        }
    yield from _floor_rows(center, found)


def _floor_rows(center: Center, found: Simulation) -> Iterator[dict[str, Any]]:
    for g, name in enumerate(found.group_names):
        for p in range(center.n_intervals):
            yield {
                **_place("group", name, center, p),
                "staffed_agents": _shown(found.staffed_agents[g, p]),
                "occupancy": _shown(found.occupancy[g, p]),
            }
        yield {
            **_place("group", name, center, None),
            "staffed_agents": _shown(found.staffed_agents[g].mean()),
            "occupancy": _shown(found.day_occupancy[g]),
        }
    for k, name in enumerate(found.campaign_names):
        for p in range(center.n_intervals):
            yield {
                **_place("campaign", name, center, p),
                "dialled": _shown(found.dialling.dialled[k, p]),
                "reached": _shown(found.dialling.reached[k, p]),
            }


def _named_quantiles() -> list[tuple[str, float]]:
    return [(f"wait_{round(100 * share)}_s", share) for share in _QUANTILES]


def _place(kind: str, name: str, center: Center, p: int | None) -> dict[str, Any]:
    place = {"kind": kind, "name": name}
    if p is not None:
        place |= {"interval": str(p), "start_s": f"{p * center.interval_s:g}"}
    return place


def _service(service: Service, at: tuple[int, ...]) -> dict[str, str]:
    return {name: _shown(getattr(service, name)[at]) for name in _FIELDS}


def _shown(value: float) -> str:
    """Six figures; nothing where there is no value."""
    return "" if np.isnan(value) else f"{value:.6g}"
