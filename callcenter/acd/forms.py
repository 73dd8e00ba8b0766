"""What people fill in: the upload, the mapping of columns, the meaning of a name."""

from zoneinfo import available_timezones

from flask_wtf.file import FileRequired, MultipleFileField
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from callcenter.acd.connectors import FORMATS
from callcenter.acd.connectors.mapping import CONTACT_FIELDS, DURATION_UNITS
from callcenter.kernel.text import _l
from callcenter.web.forms import Form

GUESS = "guess"
FORMAT_NAMES = {
    "asterisk-queue-log": _l("Asterisk queue log"),
    "amazon-connect-ctr": _l("Amazon Connect contact records"),
    "amazon-connect-agent-events": _l("Amazon Connect agent events"),
    "genesys-conversation": _l("Genesys Cloud conversations"),
    "contacts-csv": _l("Contacts as CSV"),
    "intervals-csv": _l("Interval statistics as CSV"),
    "anonymous-bank": _l("Anonymous Bank (Technion)"),
    "live": _l("Live events"),
}
FIELD_NAMES = {
    "source_key": _l("Contact number"),
    "queue": _l("Queue"),
    "offered_at": _l("Offered at"),
    "answered_at": _l("Answered at"),
    "ended_at": _l("Ended at"),
    "agent": _l("Agent"),
    "outcome": _l("Outcome"),
    "wait_s": _l("Wait"),
    "talk_s": _l("Talk"),
    "hold_s": _l("Hold"),
    "wrap_s": _l("After-call work"),
    "transfers": _l("Transfers"),
    "customer": _l("Customer"),
    "channel": _l("Channel"),
    "direction": _l("Direction"),
}
TIME_FORMATS = (
    SelectChoice("auto", _l("Year first, or seconds since 1970")),
    SelectChoice("day-first", _l("Day first (31/12/2026)")),
    SelectChoice("month-first", _l("Month first (12/31/2026)")),
    SelectChoice("epoch-ms", _l("Milliseconds since 1970")),
)
UNIT_NAMES = {"s": _l("Seconds"), "ms": _l("Milliseconds"), "min": _l("Minutes")}


class UploadForm(Form):
    """Which files, of which project, and how they are read."""

    project_id = SelectField(_l("Project"), coerce=int)
    files = MultipleFileField(
        _l("Files"),
        [FileRequired(_l("Choose at least one file."))],
        description=_l("Several files of one log are read as one. Gzip is accepted."),
    )
    format_name = SelectField(
        _l("Format"),
        choices=[
            SelectChoice(GUESS, _l("Find out")),
            *(SelectChoice(name, FORMAT_NAMES[name]) for name in FORMATS),
        ],
    )
    timezone = StringField(
        _l("Time zone"),
        [Optional(), AnyOf(available_timezones(), _l("There is no such time zone."))],
        description=_l("Of times without an offset; empty means the project's."),
    )
    default_queue = StringField(
        _l("Queue where none is named"), [Optional(), Length(max=120)]
    )
    keeps_good_part = BooleanField(
        _l("Keep the good part"),
        description=_l("Otherwise one row that breaks a rule refuses the whole file."),
    )


class MappingForm(Form):
    """Which column of the file holds which field."""

    time_format = SelectField(_l("How times are written"), choices=TIME_FORMATS)
    duration_unit = SelectField(
        _l("Durations are in"),
        choices=[SelectChoice(unit, UNIT_NAMES[unit]) for unit in DURATION_UNITS],
    )
    saved_name = StringField(
        _l("Keep this mapping as"),
        [Optional(), Length(max=80)],
        description=_l("Offered by name the next time."),
    )

    def offer(self, headers: list[str]) -> None:
        """Let every field choose among the file's headers."""
        choices = [
            SelectChoice("", "–"),
            *(SelectChoice(header, header) for header in headers if header),
        ]
        for name in CONTACT_FIELDS:
            self[f"column_{name}"].choices = choices

    @property
    def columns(self) -> dict[str, str]:
        """The chosen header of each field."""
        chosen = {name: self[f"column_{name}"].data for name in CONTACT_FIELDS}
        return {name: header for name, header in chosen.items() if header}


for _name in CONTACT_FIELDS:
    setattr(
        MappingForm,
        f"column_{_name}",
        SelectField(FIELD_NAMES[_name], choices=[], validate_choice=True),
    )


class MapNameForm(Form):
    """Which queue or employee a name stands for."""

    target = StringField(_l("Stands for"), [DataRequired(), Length(max=20)])
