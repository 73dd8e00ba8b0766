"""The shape of what people type in this room."""

from collections.abc import Iterator
from datetime import time
from zoneinfo import available_timezones

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FloatField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from callcenter.kernel.db import Versioned
from callcenter.kernel.errors import Stale
from callcenter.kernel.text import _, _l
from callcenter.projects.models import HOLIDAYS
from callcenter.web.forms import ANY_EMAIL, EditForm, Form

CODE = Regexp(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    message=_l("Letters, digits, dots and dashes; no spaces."),
)
SPANS_A_DAY = 2


class VersionedForm(Form):
    """A form over a row that counts its versions."""

    version = HiddenField()

    def require_latest(self, row: Versioned) -> None:
        """Raise `Stale` when somebody else saved the row since it was shown."""
        if self.version.data and self.version.data != str(row.version):
            raise Stale


class ClientForm(VersionedForm):
    """A company that we work for."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20), CODE])
    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    contact_name = StringField(_l("Contact person"), validators=[Length(max=80)])
    contact_email = StringField(
        _l("E-mail"), validators=[Optional(), ANY_EMAIL, Length(max=200)]
    )


class ProjectForm(VersionedForm):
    """Work for one client."""

    client_id = SelectField(_l("Client"), coerce=int)
    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20), CODE])
    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    zone = StringField(
        _l("Time zone"),
        validators=[DataRequired()],
        description=_l("In which its days and reports are cut, such as Asia/Shanghai."),
    )
    country = SelectField(
        _l("Holidays of"),
        description=_l("Whose public holidays its customers keep."),
    )
    starts_on = DateField(_l("Starts on"), validators=[DataRequired()])
    ends_on = DateField(_l("Ends on"), validators=[Optional()])
    team_id = SelectField(_l("First team"), coerce=int)
    billing_basis = SelectField(_l("Billed by"))
    rate = DecimalField(
        _l("Rate"), places=4, validators=[InputRequired(), NumberRange(0, 10**9)]
    )
    currency = StringField(
        _l("Currency"),
        validators=[
            DataRequired(),
            Regexp(r"^[A-Z]{3}$", message=_l("Three capital letters, such as CNY.")),
        ],
    )

    def validate_zone(self, field: StringField) -> None:
        """A zone that exists."""
        if field.data not in available_timezones():
            raise ValidationError(_("There is no such time zone."))

    def validate_ends_on(self, field: DateField) -> None:
        """An end after the start."""
        if field.data and self.starts_on.data and field.data <= self.starts_on.data:
            raise ValidationError(_("The end lies before the start."))


class QueueForm(VersionedForm):
    """Where contacts of one kind wait."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=40), CODE])
    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    channel = SelectField(_l("Channel"))
    direction = SelectField(_l("Direction"))
    skill_id = SelectField(
        _l("Skill"), coerce=int, description=_l("What its agents must know.")
    )
    concurrency = IntegerField(
        _l("Contacts at once"),
        validators=[InputRequired(), NumberRange(1, 20)],
        description=_l("How many one agent holds at the same time, as in chat."),
    )
    is_active = BooleanField(_l("Active"))


class TargetForm(Form):
    """What the contract promises for a queue."""

    starts_on = DateField(_l("From"), validators=[DataRequired()])
    ends_on = DateField(
        _l("Until, not included"),
        validators=[Optional()],
        description=_l("Empty: until another one begins."),
    )
    sl_target = FloatField(
        _l("Service level"), validators=[InputRequired(), NumberRange(1, 100)]
    )
    sl_threshold_s = IntegerField(
        _l("Answered within"), validators=[InputRequired(), NumberRange(0, 604_800)]
    )
    sl_definition = SelectField(_l("Counted of"))
    short_abandon_s = IntegerField(
        _l("Short abandons last up to"),
        validators=[InputRequired(), NumberRange(0, 600)],
    )
    max_abandon_rate = FloatField(
        _l("Abandoned at most"), validators=[Optional(), NumberRange(0.1, 100)]
    )
    max_occupancy = FloatField(
        _l("Occupancy at most"), validators=[Optional(), NumberRange(1, 100)]
    )
    max_asa_s = IntegerField(
        _l("Mean wait at most"), validators=[Optional(), NumberRange(1, 604_800)]
    )

    PERCENT = ("sl_target", "max_abandon_rate", "max_occupancy")


class _HoursBase(EditForm):
    closes_on_holidays = BooleanField(
        _l("Closed on public holidays"),
        description=_l(
            "Otherwise the hours of holidays hold, or those of the weekday."
        ),
    )

    def spans(self) -> Iterator[tuple[int, time, time]]:
        """Weekday, opening and closing time of what was filled in."""
        for day in range(HOLIDAYS + 1):
            for number in range(SPANS_A_DAY):
                opens = self[f"opens_{day}_{number}"].data
                closes = self[f"closes_{day}_{number}"].data
                if opens is not None and closes is not None:
                    yield day, opens, closes

    def halves(self) -> list[str]:
        """The fields that lack their other half."""
        missing = []
        for day in range(HOLIDAYS + 1):
            for number in range(SPANS_A_DAY):
                names = (f"opens_{day}_{number}", f"closes_{day}_{number}")
                empty = [name for name in names if self[name].data is None]
                if len(empty) == 1:
                    missing.append(empty[0])
        return missing


HoursForm: type[_HoursBase] = type(
    "HoursForm",
    (_HoursBase,),
    {
        f"{edge}_{day}_{number}": TimeField(validators=[Optional()])
        for day in range(HOLIDAYS + 1)
        for number in range(SPANS_A_DAY)
        for edge in ("opens", "closes")
    },
)


class AssignmentForm(Form):
    """A team that works on a project."""

    team_id = SelectField(_l("Team"), coerce=int)
    starts_on = DateField(_l("From"), validators=[DataRequired()])
    ends_on = DateField(_l("Until, not included"), validators=[Optional()])

    def validate_ends_on(self, field: DateField) -> None:
        """An end after the start."""
        if field.data and self.starts_on.data and field.data <= self.starts_on.data:
            raise ValidationError(_("The end lies before the start."))


class DayForm(EditForm):
    """A day that differs."""

    day = DateField(_l("Day"), validators=[DataRequired()])
    kind = SelectField(_l("Kind"))
    name = StringField(_l("Name"), validators=[DataRequired(), Length(max=120)])
    name_zh = StringField(_l("Chinese name"), validators=[Length(max=120)])


class CalendarFileForm(Form):
    """A calendar file to take days from."""

    has_file_field = True
    file = FileField(_l("Calendar file (.ics)"), validators=[FileRequired()])
    kind = SelectField(_l("Its days are"))
