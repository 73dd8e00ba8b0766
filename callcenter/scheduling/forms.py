"""The shape of what people type in this room."""

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    FieldList,
    FloatField,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms import Form as NestedForm
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
)
from wtforms.widgets import CheckboxInput, ListWidget

from callcenter.kernel.text import _l
from callcenter.people.models import EmploymentKind
from callcenter.web.forms import Form, choices

LIMITS_S = (20, 60, 180, 600)
COLOUR_NAMES = {
    "blue": _l("Blue"),
    "teal": _l("Teal"),
    "green": _l("Green"),
    "amber": _l("Amber"),
    "orange": _l("Orange"),
    "red": _l("Red"),
    "purple": _l("Purple"),
    "grey": _l("Grey"),
}


class CheckboxesField(SelectMultipleField):
    """Several choices, each with its box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PeriodForm(Form):
    """The first step of a new schedule: where, and which days."""

    site_id = SelectField(_l("Site"), coerce=int, validators=[InputRequired()])
    first_day = DateField(_l("First day"), validators=[DataRequired()])
    n_weeks = SelectField(
        _l("Weeks"),
        coerce=int,
        choices=choices((each, each) for each in range(1, 7)),
        default=2,
    )


class ScheduleForm(Form):
    """The second step: for whom, against which queues, and how long to search."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    team_ids = CheckboxesField(
        _l("Teams"),
        coerce=int,
        validators=[DataRequired(_l("Choose at least one team."))],
    )
    queue_ids = CheckboxesField(
        _l("Queues"),
        coerce=int,
        validators=[DataRequired(_l("Choose at least one queue."))],
    )
    solve_limit_s = SelectField(
        _l("Search for at most, seconds"),
        coerce=int,
        choices=choices((each, each) for each in LIMITS_S),
        default=60,
        description=_l("Stops earlier when nothing better is possible."),
    )


class MoveShiftForm(Form):
    """A shift's new agent, day and time."""

    employee_id = SelectField(_l("Agent"), coerce=int)
    day = DateField(_l("Day"), validators=[InputRequired()])
    starts = TimeField(_l("Starts"), validators=[InputRequired()])
    ends = TimeField(_l("Ends"), validators=[InputRequired()])
    version = HiddenField()
    is_confirmed = BooleanField(_l("Move it although it breaks these rules"))


class AddShiftForm(Form):
    """One more shift for an agent on a day."""

    employee_id = HiddenField(validators=[InputRequired()])
    day = HiddenField(validators=[InputRequired()])
    template_id = SelectField(_l("Shift"), coerce=int)
    starts = TimeField(_l("Starts"), validators=[InputRequired()])
    is_confirmed = BooleanField(_l("Add it although it breaks these rules"))


class SeatsForm(Form):
    """A block of seats for a floor."""

    zone = StringField(
        _l("Zone"),
        validators=[DataRequired(), Length(max=8), Regexp(r"^\w+$")],
        description=_l("Its letter begins the name of each seat, as in A2-05."),
    )
    n_rows = IntegerField(_l("Rows"), validators=[NumberRange(1, 40)], default=4)
    n_columns = IntegerField(
        _l("Seats in a row"), validators=[NumberRange(1, 40)], default=6
    )
    x = IntegerField(_l("First column"), validators=[NumberRange(0, 200)], default=0)
    y = IntegerField(_l("First row"), validators=[NumberRange(0, 200)], default=0)
    project_id = SelectField(_l("Kept for the project"), coerce=int)


class CloseSeatForm(Form):
    """Why a seat cannot be used."""

    reason = StringField(_l("Reason"), validators=[DataRequired(), Length(max=200)])


class SeatTimeForm(Form):
    """The moment at which a floor is looked at."""

    at = DateTimeLocalField(_l("At"), validators=[Optional()])


class TemplateForm(Form):
    """A shift of the library."""

    code = StringField(
        _l("Code"), validators=[DataRequired(), Length(max=20), Regexp(r"^[\w-]+$")]
    )
    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=80)])
    name_zh = StringField(_l("Name in Chinese"), validators=[Length(max=80)])
    earliest = TimeField(_l("Earliest start"), validators=[InputRequired()])
    latest = TimeField(_l("Latest start"), validators=[InputRequired()])
    step_min = SelectField(
        _l("Starts every, minutes"),
        coerce=int,
        choices=choices((each, each) for each in (15, 30, 60)),
        default=30,
    )
    lengths = StringField(
        _l("Lengths, hours"),
        validators=[
            DataRequired(),
            Regexp(r"^\s*\d+(\.\d+)?(\s*,\s*\d+(\.\d+)?)*\s*$"),
        ],
        description=_l("From start to end, several separated by commas, as in 8, 9."),
    )
    breaks = StringField(
        _l("Breaks"),
        validators=[Length(max=400)],
        description=_l(
            "Each as minutes @ earliest–latest minutes after the start; u for unpaid: "
            "15@75-150, 60u@210-330, 15@345-465."
        ),
    )
    colour = SelectField(_l("Colour"), choices=choices(COLOUR_NAMES.items()))
    is_night = BooleanField(_l("Night shift"))
    is_active = BooleanField(_l("May be planned"), default=True)


class RuleSetForm(Form):
    """The parameters of a set of work rules."""

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=80)])
    name_zh = StringField(_l("Name in Chinese"), validators=[Length(max=80)])
    templates = CheckboxesField(_l("Shifts of the library"))
    min_week_share = FloatField(validators=[InputRequired(), NumberRange(0, 1)])
    over_week_h = FloatField(validators=[InputRequired(), NumberRange(0, 40)])
    max_week_h = FloatField(validators=[InputRequired(), NumberRange(1, 84)])
    max_week_days = IntegerField(validators=[InputRequired(), NumberRange(1, 7)])
    max_days_in_row = IntegerField(validators=[InputRequired(), NumberRange(1, 14)])
    min_rest_h = FloatField(validators=[InputRequired(), NumberRange(0, 24)])
    min_day_h = FloatField(validators=[InputRequired(), NumberRange(0, 12)])
    max_day_h = FloatField(validators=[InputRequired(), NumberRange(1, 14)])
    max_nights = IntegerField(validators=[Optional(), NumberRange(0, 31)])
    max_weekends = IntegerField(validators=[Optional(), NumberRange(0, 6)])


class AssignRulesForm(Form):
    """For whom a set of rules holds."""

    employment_kind = SelectField(
        _l("Employment"),
        choices=choices(
            (
                (EmploymentKind.FULL_TIME.value, _l("Full time")),
                (EmploymentKind.PART_TIME.value, _l("Part time")),
                (EmploymentKind.INTERN.value, _l("Internship")),
            )
        ),
    )
    site_id = SelectField(_l("Site"), coerce=int)


class LeaveForm(Form):
    """Whole days away."""

    kind = SelectField(_l("Kind"), [InputRequired()])
    first_day = DateField(_l("First day"), [InputRequired()])
    last_day = DateField(
        _l("Last day"),
        [Optional()],
        description=_l("Leave it empty for a single day."),
    )
    note = TextAreaField(
        _l("Note"),
        [Length(max=400)],
        description=_l("Those who decide read it."),
        render_kw={"rows": 2},
    )


class AgentRulesForm(Form):
    """What agents of a site may arrange by themselves."""

    swap_notice_h = IntegerField(
        _l("Swaps until, hours before the first of the shifts begins"),
        validators=[InputRequired(), NumberRange(0, 336)],
    )
    swap_longest = IntegerField(
        _l("People in a swap at most"),
        validators=[InputRequired(), NumberRange(2, 6)],
        description=_l("Two swap directly; more pass their shifts on in a circle."),
    )
    is_swap_made_by_rule = BooleanField(
        _l("A swap holds as soon as everybody agrees"),
        description=_l("Otherwise a supervisor decides on each."),
    )
    swap_max_short_h = FloatField(
        _l("Agent-hours that such a swap may leave missing"),
        validators=[InputRequired(), NumberRange(0, 100)],
        description=_l("What costs more service waits for a supervisor."),
    )
    overtime_day_h = FloatField(
        _l("Voluntary overtime a day, hours at most"),
        validators=[InputRequired(), NumberRange(0, 8)],
    )
    overtime_month_h = FloatField(
        _l("Voluntary overtime a month, hours at most"),
        validators=[InputRequired(), NumberRange(0, 120)],
    )


class TimeOfferForm(Form):
    """How many may take an offer, and until when."""

    n_wanted = IntegerField(
        _l("People at most"), validators=[InputRequired(), NumberRange(1, 500)]
    )
    closes_at = DateTimeLocalField(
        _l("Open until"),
        validators=[InputRequired()],
        description=_l("In the time of the site."),
    )


class DayWishForm(NestedForm):
    """What is wished for one day of the week, and when one is available."""

    wish = SelectField(_l("Wish"))
    since = TimeField(_l("Available from"), validators=[Optional()])
    until = TimeField(_l("Available until"), validators=[Optional()])


class WishesForm(Form):
    """A week of wishes."""

    days = FieldList(FormField(DayWishForm), min_entries=7, max_entries=7)
