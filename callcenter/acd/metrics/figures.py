"""The figures of contacts and of agents' time: names, formulas, directions."""

from collections.abc import Sequence

from callcenter.acd.metrics.catalogue import Better, Metric, Unit, catalogue
from callcenter.kernel.text import _l

_HANDLED = ("answered", "connected")
_HANDLE_S = ("talk_s", "hold_s", "wrap_s", "outbound_s")
_OF_PEOPLE = ("agent", "time")


def _count(code: str, name: object, better: Better, formula: object, *of: str) -> None:
    catalogue.add(Metric(code, name, Unit.COUNT, better, formula, of))


def _mean(code: str, name: object, formula: object, of: Sequence[str]) -> None:
    catalogue.add(
        Metric(code, name, Unit.SECONDS, Better.LOWER, formula, of, ("answered",))
    )


_count(
    "offered",
    _l("Offered"),
    Better.NEUTRAL,
    _l("Inbound contacts that entered a queue"),
    "offered",
)
_count(
    "handled",
    _l("Handled"),
    Better.HIGHER,
    _l("Inbound contacts answered + outbound contacts connected"),
    *_HANDLED,
)
_count(
    "answered",
    _l("Answered"),
    Better.HIGHER,
    _l("Inbound contacts that an agent took"),
    "answered",
)
_count(
    "abandoned",
    _l("Abandoned"),
    Better.LOWER,
    _l("Inbound contacts that left while waiting"),
    "abandoned",
)
_count(
    "dialled",
    _l("Dialled"),
    Better.NEUTRAL,
    _l("Outbound contacts begun"),
    "dialled",
)
_count(
    "connected",
    _l("Connected"),
    Better.HIGHER,
    _l("Outbound contacts that reached somebody"),
    "connected",
)
_count(
    "transfers",
    _l("Transfers"),
    Better.LOWER,
    _l("Times that handled contacts were passed on"),
    "transfers",
)

catalogue.add(
    Metric(
        "abandon_rate",
        _l("Abandon rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Abandoned / offered"),
        ("abandoned",),
        ("offered",),
    ),
    Metric(
        "answer_rate",
        _l("Answer rate"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered / offered"),
        ("answered",),
        ("offered",),
    ),
    Metric(
        "connect_rate",
        _l("Connect rate"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Connected / dialled"),
        ("connected",),
        ("dialled",),
    ),
    Metric(
        "sl_offered",
        _l("Service level of offered"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / offered"),
        ("answered_in_threshold",),
        ("offered",),
    ),
    Metric(
        "sl_answered",
        _l("Service level of answered"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / answered"),
        ("answered_in_threshold",),
        ("answered",),
    ),
    Metric(
        "sl_excl_short",
        _l("Service level without short abandons"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Answered within the threshold / (offered − short abandons)"),
        ("answered_in_threshold",),
        ("offered",),
        minus=("short_abandoned",),
    ),
    Metric(
        "asa_s",
        _l("Average speed of answer"),
        Unit.SECONDS,
        Better.LOWER,
        _l("Wait of answered contacts / answered"),
        ("wait_answered_s",),
        ("answered",),
    ),
    Metric(
        "patience_s",
        _l("Average wait before abandoning"),
        Unit.SECONDS,
        Better.NEUTRAL,
        _l("Wait of abandoned contacts / abandoned"),
        ("wait_abandoned_s",),
        ("abandoned",),
    ),
    Metric(
        "aht_s",
        _l("Average handling time"),
        Unit.SECONDS,
        Better.LOWER,
        _l("(Talk + hold + after-call work) / handled"),
        _HANDLE_S,
        _HANDLED,
    ),
)
_mean(
    "talk_avg_s",
    _l("Average talk time"),
    _l("Talk time / answered"),
    ("talk_s",),
)
_mean(
    "hold_avg_s",
    _l("Average hold time"),
    _l("Hold time / answered"),
    ("hold_s",),
)
_mean(
    "wrap_avg_s",
    _l("Average after-call work"),
    _l("After-call work / answered"),
    ("wrap_s",),
)
catalogue.add(
    Metric(
        "hold_rate",
        _l("Hold rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Handled contacts that were put on hold / handled"),
        ("held",),
        _HANDLED,
    ),
    Metric(
        "transfer_rate",
        _l("Transfer rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Transfers / handled"),
        ("transfers",),
        _HANDLED,
    ),
    Metric(
        "repeat_rate",
        _l("Repeat rate"),
        Unit.SHARE,
        Better.LOWER,
        _l("Contacts whose customer came again within 7 days / identified contacts"),
        ("repeated",),
        ("identified",),
    ),
    Metric(
        "occupancy",
        _l("Occupancy"),
        Unit.SHARE,
        Better.NEUTRAL,
        _l("Handling time / (handling time + available time)"),
        _HANDLE_S,
        (*_HANDLE_S, "available_s"),
        sources=_OF_PEOPLE,
    ),
    Metric(
        "utilisation",
        _l("Utilisation"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Handling time / time signed in"),
        _HANDLE_S,
        ("login_s",),
        sources=_OF_PEOPLE,
    ),
    Metric(
        "contacts_per_hour",
        _l("Contacts per hour"),
        Unit.RATE,
        Better.HIGHER,
        _l("Handled / hours signed in"),
        _HANDLED,
        ("login_s",),
        scale=3600.0,
        sources=_OF_PEOPLE,
    ),
    Metric(
        "login_h",
        _l("Time signed in"),
        Unit.HOURS,
        Better.NEUTRAL,
        _l("Hours signed in to the switch"),
        ("login_s",),
        scale=1 / 3600,
        sources=("time",),
    ),
    Metric(
        "pause_h",
        _l("Time paused"),
        Unit.HOURS,
        Better.LOWER,
        _l("Hours signed in and on a break"),
        ("pause_s",),
        scale=1 / 3600,
        sources=("time",),
    ),
    Metric(
        "handle_h",
        _l("Handling time"),
        Unit.HOURS,
        Better.NEUTRAL,
        _l("Hours of talk, hold and after-call work"),
        _HANDLE_S,
        scale=1 / 3600,
    ),
)
catalogue.add(
    Metric(
        "fcr",
        _l("First-contact resolution"),
        Unit.SHARE,
        Better.HIGHER,
        _l("Contacts whose customer did not come again within 7 days / identified"),
        ("identified",),
        ("identified",),
        less=("repeated",),
    ),
)
