"""The shape of what people type in this room."""

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from callcenter.forecasting.models import StaffingModel
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
    )

    def offer_models(self, names: Mapping[StaffingModel, object]) -> None:
        """Name the models that can be chosen."""
        self.model.choices = choices(
            (model.value, name)
            for model, name in names.items()
            if model in {StaffingModel.ERLANG_C, StaffingModel.ERLANG_A}
        )
