"""What things of the capacity plan are called, and how cells are written and read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from callcenter.capacity.models import Scenario, ScenarioStatus, WeekBasis
from callcenter.kernel.text import _, _l
from callcenter.web import filters

STATUS_NAMES: Mapping[ScenarioStatus, tuple[object, str]] = {
    ScenarioStatus.DRAFT: (_l("Draft"), "neutral"),
    ScenarioStatus.APPROVED: (_l("Rules"), "success"),
    ScenarioStatus.SUPERSEDED: (_l("Replaced"), "neutral"),
}
BASIS_NAMES: Mapping[WeekBasis, object] = {
    WeekBasis.STAFFED: _l("Staffed by interval"),
    WeekBasis.FORECAST: _l("From the volume of its days"),
    WeekBasis.CARRIED: _l("Carried on: no forecast yet"),
}
CELL_NAMES: Mapping[str, object] = {
    "hires": _l("Hires"),
    "transfers": _l("Moved in or out"),
    "leavers": _l("Leavers"),
    "overtime_share": _l("Overtime limit %"),
    "volume": _l("Volume ±%"),
    "aht": _l("AHT ±%"),
    "shrinkage": _l("More away %"),
}
PERCENT = frozenset({"volume", "aht", "shrinkage", "overtime_share"})
WHOLE = frozenset({"hires", "transfers"})
# The least and the most that a cell takes, as stored.
LIMITS: Mapping[str, tuple[float, float]] = {
    "volume": (-1.0, 9.0),
    "aht": (-0.9, 9.0),
    "shrinkage": (-0.5, 0.8),
    "hires": (0, 2000),
    "transfers": (-2000, 2000),
    "leavers": (0, 2000),
    "overtime_share": (0.0, 1.0),
}


def cell_text(name: str, value: float | None) -> str:
    """A cell as it is typed: percent without its sign, nothing for nothing."""
    if value is None:
        return ""
    shown = value * 100 if name in PERCENT else value
    return f"{shown:.4f}".rstrip("0").rstrip(".") if shown % 1 else str(int(shown))


def read_cell(name: str, text: str) -> float | None:
    """What was typed, None for an empty cell; raises `ValueError` with the reason."""
    cleaned = text.strip().replace("\u00a0", "").replace(" ", "").replace("−", "-")
    cleaned = cleaned.rstrip("%％").removeprefix("+").replace("，", ",")
    if not cleaned:
        return None
    if (
        cleaned.count(",") == 1
        and "." not in cleaned
        and len(cleaned.split(",")[1]) < 3
    ):
        cleaned = cleaned.replace(",", ".")  # a decimal comma, as some write it
    cleaned = cleaned.replace(",", "")
    try:
        value = float(cleaned)
    except ValueError:
        raise ValueError(_("“%(text)s” is no number.", text=text[:20])) from None
    if name in WHOLE and value % 1:
        raise ValueError(_("Only whole people can be counted here."))
    if name in PERCENT:
        value = round(value / 100, 6)
    low, high = LIMITS[name]
    if not low <= value <= high:
        raise ValueError(
            _(
                "From %(low)s to %(high)s.",
                low=cell_text(name, low),
                high=cell_text(name, high),
            )
        )
    return int(value) if name in WHOLE else value


def tenure_name(first: float, end: float | None) -> str:
    """A class of tenure in words."""
    if end is None:
        return _("%(first)s weeks and more", first=int(first))
    return _("%(first)s–%(end)s weeks", first=int(first), end=int(end))


ASSUMPTION_NAMES: Mapping[str, tuple[object, str]] = {
    "volume": (_l("Volume of the forecast"), "percent"),
    "aht": (_l("AHT of the forecast"), "percent"),
    "leave_share": (_l("Leave"), "percent"),
    "break_share": (_l("Paid breaks"), "percent"),
    "fit": (_l("Hours that fall where needed"), "percent"),
    "attrition": (_l("Attrition of the estimate"), "percent"),
    "overtime_share": (_l("Most overtime"), "percent"),
    "training_weeks": (_l("Weeks of training"), "number"),
    "pass_rate": (_l("Pass rate"), "percent"),
    "ramp_weeks": (_l("Weeks until full speed"), "number"),
    "new_aht": (_l("AHT in the first week"), "percent"),
    "smallest_class": (_l("Smallest class"), "number"),
    "largest_class": (_l("Largest class"), "number"),
    "classes_at_once": (_l("Classes at once"), "number"),
    "lead_weeks": (_l("Weeks to find people"), "number"),
    "tolerance": (_l("Tolerated gap"), "percent"),
    "full_time_h": (_l("Hours of a full-time week"), "number"),
    "part_time_share": (_l("Part-time people among the new"), "percent"),
    "part_time_h": (_l("Hours of a part-time week"), "number"),
    "forecast_error": (_l("Error of next week's forecast"), "percent"),
    "forecast_drift": (_l("Error added by a week more"), "percent"),
}


def differences(
    scenarios: Sequence[Scenario],
) -> list[tuple[str, list[str]]]:
    """The assumptions in which scenarios differ, as each has them."""
    found = []
    for name, (label, style) in ASSUMPTION_NAMES.items():
        values = [getattr(each, name) for each in scenarios]
        if len(set(values)) > 1:
            found.append((str(label), [_shown(each, style) for each in values]))
    return found


def _shown(value: Any, style: str) -> str:
    return filters.percent(value, 1) if style == "percent" else filters.number(value)


Cell = tuple[str, str, str, str]


def cells_of(
    week: date,
    names: Mapping[str, str],
    values: Mapping[str, float | None],
    usual: Mapping[str, str],
) -> list[Cell]:
    """The cells of a week: field, text, what holds without any, and its label."""
    day = week.isoformat()
    return [
        (
            f"{name}_{day}",
            cell_text(name, values[name]),
            usual.get(name, ""),
            f"{label}, {day}",
        )
        for name, label in names.items()
    ]


def cell_names() -> dict[str, str]:
    """What the columns that planners fill are called, in order."""
    return {name: str(label) for name, label in CELL_NAMES.items()}
