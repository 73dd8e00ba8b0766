"""What events, choices and totals are called, and numbers as planners type them."""

from collections.abc import Mapping, Sequence

from wtforms import FloatField

from callcenter.forecasting.models import AddingUp, EffectSource, Release, Treatment
from callcenter.forecasting.queries import Found
from callcenter.kernel.text import _, _l
from callcenter.web import filters
from callcenter.web.forms import Form

KIND_NAMES: Mapping[str, object] = {
    "campaign": _l("Campaign"),
    "mailing": _l("Mailing"),
    "billing": _l("Billing day"),
    "launch": _l("Launch"),
    "sale": _l("Sale"),
    "payday": _l("Pay-day"),
    "outage": _l("Outage"),
    "strike": _l("Strike"),
}
FELT: Mapping[str, tuple[int, int]] = {
    "campaign": (0, 3),
    "mailing": (0, 4),
    "billing": (0, 2),
    "outage": (0, 1),
    "strike": (0, 1),
}
"""Days before and after on which events of a kind are felt, as a first proposal."""
WILL_NOT_RETURN = frozenset({"outage", "strike"})
EFFECT_NAMES: Mapping[EffectSource, object] = {
    EffectSource.LEARNT: _l("learnt from past events of its kind"),
    EffectSource.BY_HAND: _l("set by hand"),
    EffectSource.NONE: _l("none: it will not come again"),
}
TREATMENT_NAMES: Mapping[Treatment, object] = {
    Treatment.KEEP: _l("Keep"),
    Treatment.LEAVE_OUT: _l("Leave out"),
    Treatment.USUAL: _l("Replace by usual"),
    Treatment.FILL: _l("Fill what is missing"),
    Treatment.NEW_LEVEL: _l("Bring earlier days to the new level"),
}
TREATMENT_NOTES: Mapping[Treatment, object] = {
    Treatment.KEEP: _l("It teaches forecasts as it was counted."),
    Treatment.LEAVE_OUT: _l("Forecasts do as if nothing were known of it."),
    Treatment.USUAL: _l("Forecasts see what was to be expected then."),
    Treatment.FILL: _l("What was counted stays, the gap is filled."),
    Treatment.NEW_LEVEL: _l("Earlier days are scaled to it."),
}
RELEASE_NAMES: Mapping[Release, object] = {
    Release.DAILY: _l("a part of the list each day"),
    Release.AT_ONCE: _l("all from the first day on"),
}
ADDING_UP_NAMES: Mapping[AddingUp, object] = {
    AddingUp.BOTTOM_UP: _l("The total is the sum of the queues"),
    AddingUp.RECONCILED: _l("Queues and total meet, the surer one moving less"),
    AddingUp.TOP_DOWN: _l("The total's own forecast is split over the queues"),
}
REPEAT_NAMES: Mapping[str, object] = {
    "": _l("no"),
    "week": _l("every week"),
    "four_weeks": _l("every four weeks"),
    "month": _l("every month"),
}


def kind_name(kind: str) -> str:
    """What a kind of events is called; one of their own by its own name."""
    return str(KIND_NAMES.get(kind, kind))


def treatments_for(found: Found) -> Sequence[Treatment]:
    """The choices that a finding offers."""
    if found.kind == "gap":
        return (Treatment.KEEP, Treatment.FILL, Treatment.LEAVE_OUT)
    if found.kind == "level-shift":
        return (Treatment.KEEP, Treatment.NEW_LEVEL)
    return (Treatment.KEEP, Treatment.USUAL, Treatment.LEAVE_OUT)


def percents(text: str, *, low: float = -100.0, high: float = 10_000.0) -> list[float]:
    """The numbers of a text, as factors of one hundred; raises `ValueError`.

    Spaces, semicolons and Chinese commas part them; a comma does too when a space
    follows it or another number could not be written that way.
    """
    for mark in (";", "，", "；", "、", ", ", "\n", "\t"):
        text = text.replace(mark, " ")
    parts = text.replace("%", " ").replace("−", "-").split()
    numbers = [float(part.replace(",", ".")) for part in parts]
    if any(not low <= number <= high for number in numbers):
        raise ValueError(text)
    return [number / 100.0 for number in numbers]


def spelt(shares: Sequence[float]) -> str:
    """Factors of one hundred as the numbers that `percents` reads."""
    return " ".join(f"{round(share * 100, 2):g}" for share in shares)


def not_percents(low: float = -100.0, high: float = 10_000.0) -> str:
    """What is wrong with a text that `percents` cannot read."""
    return _(
        "Write numbers in percent from %(low)s to %(high)s, with spaces between them.",
        low=filters.number(low, 0),
        high=filters.number(high, 0),
    )


def change_of(factor: float) -> str:
    """A factor as the change that it makes, with its sign."""
    share = round(factor - 1.0, 3)
    sign = "" if share == 0 else "+" if share > 0 else "−"
    return sign + filters.percent(abs(share), 0 if abs(share) >= 0.095 else 1)


def write_plainly(form: Form) -> None:
    """Show whole numbers without a decimal point."""
    for field in form:
        whole = isinstance(field.data, float) and field.data.is_integer()
        if isinstance(field, FloatField) and whole and field.raw_data is None:
            field.data = int(field.data)
