"""What people type about forecasts."""

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)
from wtforms.widgets import CheckboxInput, ListWidget

from callcenter.kernel.text import _l
from callcenter.web.forms import Form, choices

SPANS_DAYS = (7, 14, 28, 56, 91, 182, 364, 448)


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

    about = SelectField(_l("About"), validate_choice=False)
    queue_id = HiddenField()
    day = HiddenField()
    words = TextAreaField(_l("Comment"), validators=[DataRequired(), Length(max=4000)])


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
    adding_up = SelectField(_l("Queues and total"))


class ImportForecastForm(Form):
    """A forecast that was made elsewhere, as a file."""

    has_file_field = True

    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    file = FileField(
        _l("File"),
        description=_l(
            "CSV with the columns series, interval_start, offered and, if known, "
            "aht_s. A series is the code or the name of a queue."
        ),
    )
