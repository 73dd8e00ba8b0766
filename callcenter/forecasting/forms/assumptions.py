"""What people type about what requirements rest on."""

from collections.abc import Mapping, Sequence

from wtforms import (
    BooleanField,
    DecimalField,
    FloatField,
    IntegerField,
    SelectField,
    TimeField,
)
from wtforms.validators import (
    InputRequired,
    NumberRange,
    Optional,
    ValidationError,
)

from callcenter.forecasting.forms.forecasts import CheckboxesField
from callcenter.forecasting.models import Rounding, ShrinkageKind, StaffingModel
from callcenter.kernel.text import _, _l
from callcenter.web.forms import Form, choices

_CHOSEN = (StaffingModel.ERLANG_C, StaffingModel.ERLANG_A, StaffingModel.ERLANG_B)


class AssumptionForm(Form):
    """What requirements rest on."""

    model = SelectField(_l("Model"))
    rounding = SelectField(_l("Fractions of an agent are rounded"))
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
            (model.value, name) for model, name in names.items() if model in _CHOSEN
        )

    def offer_rounding(self, names: Mapping[Rounding, object]) -> None:
        """Name the ways to round."""
        self.rounding.choices = choices(
            (rounding.value, str(name)) for rounding, name in names.items()
        )


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

    def validate_starts_at(self, field: TimeField) -> None:
        """Shrinkage changes with the intervals of requirements."""
        if field.data and field.data.minute % 15:
            raise ValidationError(_("Hours begin and end at a quarter of an hour."))

    validate_ends_at = validate_starts_at

    def offer(self, kinds: Mapping[ShrinkageKind, object], days: list[str]) -> None:
        """Name the kinds and weekdays that can be chosen."""
        self.kind.choices = choices(
            (kind.value, str(name)) for kind, name in kinds.items()
        )
        self.weekdays.choices = choices(enumerate(days))


class WhatIfForm(Form):
    """What is to be different on a day that is tried out."""

    absence = FloatField(
        _l("People missing"),
        validators=[Optional(), NumberRange(0, 90)],
        description=_l("Of those required, beyond what shrinkage holds already."),
    )
    more = FloatField(
        _l("More contacts"),
        validators=[Optional(), NumberRange(-90, 300)],
        description=_l("In all queues of the pool; fewer with a minus."),
    )
    first_id = SelectField(
        _l("Which contact goes first"), validators=[Optional()], validate_choice=True
    )

    def offer(self, queues: Sequence[tuple[int, str]]) -> None:
        """Name the queues that may go first; a queue alone has no rule to change."""
        alike = [("", _("the one that waits longest, as now"))]
        if len(queues) > 1:
            alike += [
                (str(key), _("%(queue)s before the others", queue=name))
                for key, name in queues
            ]
        self.first_id.choices = choices(alike)
