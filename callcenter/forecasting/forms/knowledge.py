"""What people type of what they know: events, campaigns, likeness, totals."""

from typing import Any

from wtforms import (
    DateField,
    FileField,
    FloatField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from callcenter.forecasting.forms.forecasts import CheckboxesField
from callcenter.forecasting.models.knowledge import MOST_LAG_DAYS, MOST_LEAD_DAYS
from callcenter.kernel.text import _l
from callcenter.web.forms import EditForm, Form


def _stripped(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


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
        validators=[
            Optional(),
            NumberRange(
                0.000001,
                1e12,
                _l(
                    "A size is above 0 and at most 1,000,000,000,000, since what comes "
                    "on top is scaled by it. Leave it empty where there is none."
                ),
            ),
        ],
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


class KnowledgeFileForm(Form):
    """Events or campaigns as a file."""

    has_file_field = True

    file = FileField(_l("File"), description=_l("CSV in UTF-8, with a line of names."))


class ChoiceForm(Form):
    """What forecasts shall make of some days of a history."""

    first_day = DateField(_l("From"), validators=[DataRequired()])
    last_day = DateField(_l("Until"), validators=[DataRequired()])
    treatment = SelectField(_l("Choice"))
    factor = FloatField(
        _l("New level"),
        validators=[
            Optional(),
            NumberRange(
                0.000001,
                1000,
                _l("A level is above 0 and at most 1,000 times the old."),
            ),
        ],
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
