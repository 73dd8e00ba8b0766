"""What people type about capacity plans."""

from typing import Any

from wtforms import (
    DecimalField,
    FloatField,
    IntegerField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
)

from callcenter.kernel.text import _l
from callcenter.web.forms import EditForm


def _share(label: object, low: float, high: float, about: object = "") -> Any:
    rules = [InputRequired(), NumberRange(low, high)]
    return FloatField(label, validators=rules, description=about)


def _count(label: object, low: int, high: int, about: object = "") -> Any:
    rules = [InputRequired(), NumberRange(low, high)]
    return IntegerField(label, validators=rules, description=about)


def _price(label: object, about: object = "") -> Any:
    rules = [InputRequired(), NumberRange(0, 100_000_000)]
    return DecimalField(label, places=2, validators=rules, description=about)


class ScenarioForm(EditForm):
    """A scenario's name and assumptions; shares are typed in percent."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=80)])
    volume = _share(_l("Volume of the forecast"), 0, 1000)
    aht = _share(_l("AHT of the forecast"), 1, 1000)
    leave_share = _share(
        _l("Leave"), 0, 80, _l("Of paid time, beyond the shrinkage of the requirement.")
    )
    break_share = _share(_l("Paid breaks"), 0, 80)
    fit = _share(
        _l("Hours that fall where needed"),
        50,
        100,
        _l("Shifts never follow the requirement to the quarter-hour."),
    )
    attrition = _share(
        _l("Attrition of the estimate"), 0, 500, _l("100 is as many as are expected.")
    )
    overtime_share = _share(_l("Most overtime"), 0, 100)
    full_time_h = _share(_l("Hours of a full-time week"), 10, 84)
    part_time_share = _share(_l("Part-time people among the new"), 0, 100)
    part_time_h = _share(_l("Hours of a part-time week"), 4, 84)
    training_weeks = _count(_l("Weeks of training"), 0, 26)
    pass_rate = _share(
        _l("Pass rate"), 10, 100, _l("Of those who are still there at its end.")
    )
    ramp_weeks = _share(_l("Weeks until full speed"), 0, 52)
    new_aht = _share(
        _l("AHT in the first week"), 100, 400, _l("100 is that of settled people.")
    )
    smallest_class = _count(_l("Smallest class"), 1, 200)
    largest_class = _count(_l("Largest class"), 1, 200)
    classes_at_once = _count(_l("Classes at once"), 1, 50, _l("By trainers and rooms."))
    lead_weeks = _count(
        _l("Weeks to find people"), 0, 40, _l("From the order to the first day.")
    )
    tolerance = _share(_l("Tolerated gap"), 0, 50)
    forecast_error = _share(_l("Error of next week's forecast"), 0, 50)
    forecast_drift = _share(_l("Error added by a week more"), 0, 10)
    hourly_cost = _price(
        _l("One hour of work"),
        _l("It begins as the mean pay of today's people; add what comes on top."),
    )
    overtime_factor = _share(_l("Overtime, times an ordinary hour"), 1, 5)
    hire_cost = _price(_l("Finding one person"))
    class_cost = _price(_l("One class"), _l("Trainer, room, accounts."))
    short_cost = _price(
        _l("One missing hour"),
        _l("Penalties and lost revenue: it decides who is hired."),
    )

    PERCENT = (
        *("volume", "aht", "leave_share", "break_share", "fit", "attrition"),
        *("overtime_share", "part_time_share", "pass_rate", "new_aht", "tolerance"),
        *("forecast_error", "forecast_drift"),
    )
    COSTS = ("hourly_cost", "overtime_factor", "hire_cost", "class_cost", "short_cost")
    FIELDS = (
        "name",
        *PERCENT,
        *("full_time_h", "part_time_h", "training_weeks", "ramp_weeks"),
        *("smallest_class", "largest_class", "classes_at_once", "lead_weeks"),
        *COSTS,
    )

    def leave_out_costs(self) -> None:
        """Take away what the reader may not see."""
        for name in self.COSTS:
            del self[name]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the values fit each other as well."""
        if not super().validate(extra_validators):
            return False
        if self.smallest_class.data > self.largest_class.data:
            self.refuse(
                "largest_class", _l("At least as many as in the smallest class.")
            )
            return False
        if self.leave_share.data + self.break_share.data >= 90:
            self.refuse("break_share", _l("Leave and breaks together stay below 90 %."))
            return False
        return True

    def stored_values(self) -> dict[str, Any]:
        """What was typed, with percent as fractions."""
        names = [name for name in self.FIELDS if name in self]
        values = self.values(*names)
        for name in self.PERCENT:
            values[name] = round(values[name] / 100, 6)
        return values
