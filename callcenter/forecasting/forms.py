"""The shape of what people type in this room."""

from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)
from wtforms.widgets import CheckboxInput, ListWidget

from callcenter.forecasting.models import ShrinkageKind, StaffingModel
from callcenter.forecasting.models.knowledge import MOST_LAG_DAYS, MOST_LEAD_DAYS
from callcenter.kernel.text import _l
from callcenter.web.forms import EditForm, Form, choices

SPANS_DAYS = (7, 14, 28, 56, 91, 182, 364, 448)


def _stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


class CheckboxesField(SelectMultipleField):
    """Several choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ForecastForm(Form):
    """Which queues, which days, and how."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    queue_ids = CheckboxesField(
        _l("Queues"), coerce=int, validators=[InputRequired(_l("Choose at least one."))]
    )
    first_day = DateField(_l("First day"), validators=[DataRequired()])
    n_days = SelectField(_l("How long"), coerce=int, default=28)
    interval_s = SelectField(_l("Interval"), coerce=int, default=900)
    method = SelectField(
        _l("Method"),
        description=_l(
            "The best combination is chosen for each queue by testing every method "
            "on its own past."
        ),
    )


class AdjustForm(Form):
    """A new volume for a day, or for some hours of it."""

    starts = SelectField(_l("From"), coerce=int)
    ends = SelectField(_l("Until"), coerce=int)
    total = FloatField(
        _l("Volume"), validators=[InputRequired(), NumberRange(0, 1_000_000)]
    )
    comment = StringField(_l("Reason"), validators=[Length(max=400)])
    was = HiddenField()


class MethodForm(Form):
    """Another method for a queue, and why."""

    method = SelectField(_l("Method"))
    reason = StringField(_l("Reason"), validators=[DataRequired(), Length(max=400)])

    def offer(self, names: Mapping[str, object]) -> None:
        """Name the methods, the best known first."""
        self.method.choices = choices((method, name) for method, name in names.items())


class NoteForm(Form):
    """Something to say about a forecast, about one of its queues, or a queue's day."""

    about = SelectField(_l("About"))
    queue_id = HiddenField()
    day = HiddenField()
    words = TextAreaField(_l("Comment"), validators=[DataRequired(), Length(max=4000)])


class AssumptionForm(Form):
    """What requirements rest on."""

    model = SelectField(_l("Model"))
    patience_s = IntegerField(
        _l("Mean patience"),
        validators=[InputRequired(), NumberRange(1, 86_400)],
        description=_l("How long callers wait on average before they hang up."),
    )
    max_occupancy = FloatField(
        _l("Occupancy limit"),
        validators=[InputRequired(), NumberRange(1, 100)],
        description=_l("A limit in the queue's service target goes before this one."),
    )
    is_pooled = BooleanField(
        _l("Staffed together"),
        description=_l(
            "Its agents take contacts of all queues of the project and channel that "
            "are marked so. Together they need fewer agents than one by one."
        ),
    )
    redial_share = FloatField(
        _l("Call again"),
        validators=[Optional(), NumberRange(0, 95)],
        description=_l("Of those who hung up, the share that calls again at once."),
    )
    waiting_room = IntegerField(
        _l("Places to wait"),
        validators=[Optional(), NumberRange(0, 10_000)],
        description=_l("Who finds them taken hears busy. Empty: as many as come."),
    )
    chat_slowdown = FloatField(
        _l("Slower for each chat more"),
        validators=[Optional(), NumberRange(0, 100)],
        description=_l("How much longer all chats of an agent take for each one more."),
    )
    deadline_h = FloatField(
        _l("Work that may wait is due within"),
        validators=[Optional(), NumberRange(0.25, 2400)],
        description=_l("E-mail and back office. A time in the target goes before it."),
    )
    backlog = FloatField(
        _l("Backlog when a forecast begins"),
        validators=[Optional(), NumberRange(0, 10_000_000)],
        description=_l("E-mail and back office: contacts that wait already."),
    )
    safety_share = FloatField(
        _l("Safety margin"),
        validators=[Optional(), NumberRange(-50, 200)],
        description=_l("Agents above those required, as a share of them."),
    )
    paid_hour_cost = DecimalField(
        _l("Cost per paid hour"),
        places=2,
        validators=[Optional(), NumberRange(0, 1_000_000)],
        description=_l("With what the employer pays on top. Empty: the average pay."),
    )
    missed_day_penalty = DecimalField(
        _l("Penalty for a day below target"),
        places=2,
        validators=[Optional(), NumberRange(0, 1_000_000_000)],
        description=_l("What the contract takes off when a day misses its service."),
    )
    leave_share = FloatField(
        _l("Leave not yet booked"), validators=[InputRequired(), NumberRange(0, 80)]
    )
    meeting_share = FloatField(
        _l("Meetings"), validators=[InputRequired(), NumberRange(0, 80)]
    )
    training_share = FloatField(
        _l("Training"), validators=[InputRequired(), NumberRange(0, 80)]
    )
    absence_share = FloatField(
        _l("Unplanned absence"), validators=[InputRequired(), NumberRange(0, 80)]
    )

    PERCENT = (
        "max_occupancy",
        "leave_share",
        "meeting_share",
        "training_share",
        "absence_share",
        "redial_share",
        "chat_slowdown",
        "safety_share",
    )
    PLAIN = ("waiting_room", "backlog", "paid_hour_cost", "missed_day_penalty")

    def offer_models(self, names: Mapping[StaffingModel, object]) -> None:
        """Name the models that can be chosen."""
        self.model.choices = choices(
            (model.value, name)
            for model, name in names.items()
            if model in {StaffingModel.ERLANG_C, StaffingModel.ERLANG_A}
        )


class EventForm(EditForm):
    """Something that moves the volume: what, when, and how far around it is felt."""

    kind = SelectField(
        _l("Kind"),
        description=_l("Past events of a kind teach what the next one will do."),
    )
    own_kind = StringField(
        _l("Or a kind of your own"), validators=[Length(max=40)], filters=[_stripped]
    )
    name = StringField(
        _l("Name"), validators=[DataRequired(), Length(max=120)], filters=[_stripped]
    )
    first_day = DateField(_l("First day"), validators=[DataRequired()])
    last_day = DateField(
        _l("Last day"),
        validators=[Optional()],
        description=_l("Leave it empty for a single day."),
    )
    lead_days = IntegerField(
        _l("Felt before it"),
        default=0,
        validators=[InputRequired(), NumberRange(0, MOST_LEAD_DAYS)],
    )
    lag_days = IntegerField(
        _l("Felt after it"),
        default=0,
        validators=[InputRequired(), NumberRange(0, MOST_LAG_DAYS)],
    )
    size = FloatField(
        _l("Size"),
        validators=[Optional(), NumberRange(0.000001, 1e12)],
        description=_l(
            "Such as letters sent. What comes on top grows with it, when past events "
            "have a size too."
        ),
    )
    queue_ids = CheckboxesField(
        _l("Queues"), coerce=int, description=_l("None ticked: all of the project.")
    )
    effect = SelectField(_l("Effect"))
    uplift = StringField(
        _l("Uplift by hand"),
        validators=[Length(max=200)],
        description=_l(
            "In percent, such as 25 for a quarter more or -40 for less: one number, or "
            "one for each day from the first to the last on which it is felt."
        ),
    )
    repeat = SelectField(_l("Enter it again"))
    until = DateField(_l("Until"), validators=[Optional()])
    comment = StringField(_l("Comment"), validators=[Length(max=400)])


class ChoiceForm(Form):
    """What forecasts shall make of some days of a history."""

    first_day = DateField(_l("From"), validators=[DataRequired()])
    last_day = DateField(_l("Until"), validators=[DataRequired()])
    treatment = SelectField(_l("Choice"))
    factor = FloatField(
        _l("New level"), validators=[Optional(), NumberRange(0.000001, 1000)]
    )
    reason = StringField(_l("Reason"), validators=[Length(max=400)])


class LikenessForm(EditForm):
    """What stands in for the history that a queue has not got."""

    like_queue_id = SelectField(_l("Like queue"), coerce=int)
    weekly_total = FloatField(
        _l("Contacts expected in a usual week"),
        validators=[Optional(), NumberRange(0, 10_000_000)],
        description=_l("Counts until the queue has a week of its own."),
    )
    aht_s = FloatField(
        _l("Handling time"), validators=[Optional(), NumberRange(1, 86_400)]
    )
    reason = StringField(_l("Reason"), validators=[Length(max=400)])


class TotalsForm(Form):
    """How the queues of a forecast are to add up."""

    adding_up = SelectField(_l("How queues and total add up"))


class CampaignForm(EditForm):
    """A list of people, and how it is called."""

    name = StringField(
        _l("Name"), validators=[DataRequired(), Length(max=120)], filters=[_stripped]
    )
    queue_id = SelectField(_l("Queue"), coerce=int)
    first_day = DateField(_l("First day"), validators=[DataRequired()])
    last_day = DateField(_l("Last day"), validators=[DataRequired()])
    list_size = IntegerField(
        _l("People on the list"), validators=[InputRequired(), NumberRange(1, 10**8)]
    )
    release = SelectField(_l("People may be called"))
    most_attempts = IntegerField(
        _l("Most attempts"),
        default=4,
        validators=[InputRequired(), NumberRange(1, 20)],
    )
    fading = FloatField(
        _l("Each further attempt reaches"),
        default=85,
        validators=[InputRequired(), NumberRange(0, 100)],
        description=_l("As a share of the attempt before."),
    )
    dials_per_h = FloatField(
        _l("Dials an hour"),
        validators=[InputRequired(), NumberRange(0.1, 1e6)],
        description=_l("What lines and agents of the queue can dial."),
    )
    talk_s = FloatField(
        _l("Talk"), validators=[InputRequired(), NumberRange(0, 36_000)]
    )
    wrap_s = FloatField(
        _l("Wrap-up"), validators=[InputRequired(), NumberRange(0, 36_000)]
    )
    dial_s = FloatField(
        _l("Agent's time for a dial in vain"),
        validators=[InputRequired(), NumberRange(0, 3600)],
        description=_l("0 when a dialler hands over only people who answer."),
    )
    contact_rate = StringField(
        _l("Reached at first dial, by hour"),
        validators=[DataRequired(), Length(max=400)],
        description=_l(
            "In percent: one number for all hours, or 24 from midnight on, with spaces "
            "between."
        ),
    )
    busy_share = FloatField(
        _l("Called again soon"), validators=[InputRequired(), NumberRange(0, 100)]
    )
    busy_wait_h = FloatField(
        _l("After"), validators=[InputRequired(), NumberRange(0.1, 336)]
    )
    later_share = FloatField(
        _l("Called again later"), validators=[InputRequired(), NumberRange(0, 100)]
    )
    later_wait_h = FloatField(
        _l("After"), validators=[InputRequired(), NumberRange(0.1, 336)]
    )
    comment = StringField(_l("Comment"), validators=[Length(max=400)])


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


class ShrinkageSpanForm(Form):
    """A kind of shrinkage at some hours of some weekdays."""

    kind = SelectField(_l("Kind of shrinkage"))
    weekdays = CheckboxesField(
        _l("Weekdays"),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one."))],
    )
    starts_at = TimeField(_l("From"), validators=[InputRequired()])
    ends_at = TimeField(
        _l("Until"),
        validators=[InputRequired()],
        description=_l("00:00 to 00:00 is all day; past midnight is the next day."),
    )
    share = FloatField(
        _l("Share of paid time"), validators=[InputRequired(), NumberRange(0, 80)]
    )

    def offer(self, kinds: Mapping[ShrinkageKind, object], days: list[str]) -> None:
        """Name the kinds and weekdays that can be chosen."""
        self.kind.choices = choices(
            (kind.value, str(name)) for kind, name in kinds.items()
        )
        self.weekdays.choices = choices(enumerate(days))


class RefreshForm(Form):
    """When a project's forecasts are made anew, and what may happen by itself."""

    is_on = BooleanField(_l("Make a new forecast each week"))
    weekday = SelectField(_l("Weekday"), coerce=int)
    hour = SelectField(_l("Hour"), coerce=int)
    notable_share = FloatField(
        _l("Tell of weeks that move by more than"),
        validators=[InputRequired(), NumberRange(0.1, 100)],
    )
    approve_within = FloatField(
        _l("Approve by itself when every week moves by less than"),
        validators=[Optional(), NumberRange(0.1, 100)],
        description=_l("Left empty, a person approves."),
    )
    keep_weeks = IntegerField(
        _l("Keep snapshots for"), validators=[InputRequired(), NumberRange(1, 520)]
    )


class ImportForecastForm(Form):
    """A forecast that was made elsewhere, as a file."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    file = FileField(
        _l("File"),
        description=_l(
            "CSV with the columns series, interval_start, offered and, if known, "
            "aht_s. A series is the code or the name of a queue."
        ),
    )
