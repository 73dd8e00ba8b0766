"""The shape of this room's input."""

import re
from datetime import timedelta
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    FloatField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
)

from callcenter.kernel.text import _l
from callcenter.people.models import (
    AbsenceKind,
    EmploymentKind,
    LeavingReason,
    PayBasis,
    SkillKind,
)
from callcenter.web.forms import ANY_EMAIL, EditForm, Form, choices

CODE = Regexp(
    r"^[\w.\-]+$", message=_l("Letters, digits, dots and dashes only, no blanks.")
)


def stripped(value: Any) -> str:
    """Text without blanks around it; a field that was not sent is empty."""
    return value.strip() if isinstance(value, str) else ""


def whole_or_none(value: Any) -> int | None:
    """The id that a select field holds; nothing chosen is None."""
    return int(value) if value and re.fullmatch(r"\d+", str(value)) else None


class EmployeeForm(EditForm):
    """What is known of a person, without place and contract."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=80)], [stripped])
    number = StringField(
        _l("Employee number"), [InputRequired(), Length(max=20), CODE], [stripped]
    )
    hired_on = DateField(_l("Joined on"), [InputRequired()])
    email = StringField(
        _l("E-mail"), [Optional(), Length(max=200), ANY_EMAIL], [stripped]
    )
    acd_login = StringField(
        _l("Telephone system sign-in"),
        [Optional(), Length(max=80)],
        [stripped],
        description=_l("By which call records are matched to this person."),
    )


class NewEmployeeForm(EmployeeForm):
    """A new person with a place and personal data."""

    place = SelectField(_l("Site and team"), [InputRequired()])
    post_id = SelectField(_l("Post"), coerce=whole_or_none)
    phone = StringField(
        _l("Phone"),
        [Optional(), Length(max=40)],
        [stripped],
        render_kw={"inputmode": "tel", "autocomplete": "off"},
    )
    identity_number = StringField(
        _l("Identity number"),
        [Optional(), Length(max=40)],
        [stripped],
        description=_l("Kept encrypted and shown only for a stated purpose."),
        render_kw={"autocomplete": "off"},
    )


class PersonalDataForm(Form):
    """New values for phone and identity number; empty ones are forgotten."""

    phone = NewEmployeeForm.phone
    identity_number = NewEmployeeForm.identity_number


class PurposeForm(Form):
    """Why somebody looks at personal data."""

    purpose = StringField(
        _l("What do you need it for?"),
        [InputRequired(), Length(min=5, max=200)],
        [stripped],
        description=_l("The audit trail keeps your answer."),
    )


class TransferForm(Form):
    """Where somebody works from a day on."""

    place = SelectField(_l("Site and team"), [InputRequired()])
    post_id = SelectField(_l("Post"), coerce=whole_or_none)
    moved_on = DateField(_l("From"), [InputRequired()])
    reason = StringField(_l("Reason"), [Length(max=400)], [stripped])


class LeaveForm(Form):
    """The last day of somebody and why."""

    last_day = DateField(_l("Last day employed"), [InputRequired()])
    reason = SelectField(_l("Reason for leaving"), coerce=LeavingReason)


class ReturnForm(Form):
    """The first day back."""

    returned_on = DateField(_l("First day back"), [InputRequired()])


class EmploymentForm(Form):
    """A contract; its last day is still covered."""

    kind = SelectField(_l("Employment"), coerce=EmploymentKind)
    contract_number = StringField(_l("Contract number"), [Length(max=40)], [stripped])
    starts_on = DateField(_l("First day"), [InputRequired()])
    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Empty: no end agreed.")
    )
    weekly_h = FloatField(
        _l("Weekly hours"), [InputRequired(), NumberRange(min=0.5, max=84)]
    )
    pay_basis = SelectField(_l("Pay"), coerce=PayBasis)
    pay_rate = DecimalField(
        _l("Pay rate"), [InputRequired(), NumberRange(min=0)], places=2
    )
    currency = StringField(
        _l("Currency"),
        [InputRequired(), Regexp(r"^[A-Za-z]{3}$", message=_l("Three letters."))],
    )

    def fields(self) -> dict[str, Any]:
        """The contract as the service takes it, its end exclusive."""
        values = self.values(
            "kind",
            "contract_number",
            "starts_on",
            "weekly_h",
            "pay_basis",
            "pay_rate",
        )
        return {
            **values,
            "currency": self.currency.data.upper(),
            "ends_on": after(self.last_day.data),
        }


class EndForm(EditForm):
    """The last day of a contract."""

    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Empty: no end agreed.")
    )


class SkillForm(EditForm):
    """A skill of a person with its level and validity."""

    skill_id = SelectField(_l("Skill"), coerce=int)
    level = SelectField(
        _l("Level"),
        coerce=int,
        choices=choices(
            (
                (1, _l("1 – learning")),
                (2, _l("2 – with help")),
                (3, _l("3 – on one's own")),
                (4, _l("4 – also the difficult cases")),
                (5, _l("5 – teaches others")),
            )
        ),
        default=3,
    )
    valid_from = DateField(_l("From"), [InputRequired()])
    last_day = DateField(
        _l("Last day"), [Optional()], description=_l("Empty: it does not run out.")
    )


class AbsenceForm(Form):
    """Time away, by the clock of the person's site."""

    kind = SelectField(_l("Kind"), coerce=AbsenceKind)
    starts_at = DateTimeLocalField(_l("From"), [InputRequired()])
    ends_at = DateTimeLocalField(_l("Until"), [InputRequired()])
    note = StringField(
        _l("Note"),
        [Length(max=400)],
        [stripped],
        description=_l("No diagnosis: others of the team's management can read it."),
    )


class AccountForm(Form):
    """An invitation, or a sign-in that exists already."""

    user_id = SelectField(_l("Sign-in"), coerce=whole_or_none)
    email = StringField(
        _l("E-mail"), [Optional(), Length(max=200), ANY_EMAIL], [stripped]
    )
    role = SelectField(_l("Role"))


class SiteForm(EditForm):
    """A site."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=20), CODE], [stripped])
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], [stripped])
    zone = SelectField(_l("Time zone"), [InputRequired()])
    country = StringField(
        _l("Country"),
        [InputRequired(), Regexp(r"^[A-Za-z]{2}$", message=_l("Two letters."))],
        [stripped],
        description=_l("Two letters, such as CN; decides holidays and identity cards."),
    )
    currency = StringField(
        _l("Currency"),
        [InputRequired(), Regexp(r"^[A-Za-z]{3}$", message=_l("Three letters."))],
        [stripped],
    )
    address = StringField(_l("Address"), [Length(max=200)], [stripped])


class FloorForm(Form):
    """A floor of a site."""

    name = StringField(_l("Floor"), [InputRequired(), Length(max=40)], [stripped])


class TeamForm(EditForm):
    """A team."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=20), CODE], [stripped])
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], [stripped])
    site_id = SelectField(_l("Site"), coerce=int)
    supervisor = StringField(
        _l("Supervisor's employee number"),
        [Optional(), Length(max=20)],
        [stripped],
        description=_l("May stay empty until somebody leads the team."),
    )
    is_active = BooleanField(_l("In use"), default=True)


class PostForm(EditForm):
    """A post of the organisation chart."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=80)], [stripped])
    title_zh = StringField(_l("Title in Chinese"), [Length(max=80)], [stripped])
    description = TextAreaField(
        _l("Job description"),
        [Length(max=4000)],
        description=_l("Tasks, powers, conditions; one a line."),
        render_kw={"rows": 8},
    )
    headcount = IntegerField(
        _l("Places"), [InputRequired(), NumberRange(min=0, max=9999)], default=1
    )
    site_id = SelectField(_l("Site"), coerce=whole_or_none)
    reports_to_id = SelectField(_l("Reports to"), coerce=whole_or_none)
    is_front_line = BooleanField(_l("Front line: works on contacts"))


class CatalogueSkillForm(EditForm):
    """A skill of the catalogue."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=40), CODE], [stripped])
    name = StringField(_l("Name"), [InputRequired(), Length(max=80)], [stripped])
    name_zh = StringField(_l("Name in Chinese"), [Length(max=80)], [stripped])
    kind = SelectField(_l("Kind"), coerce=SkillKind)


class UploadForm(Form):
    """A spreadsheet."""

    has_file_field = True

    file = FileField(
        _l("Spreadsheet"),
        [FileRequired()],
        description=_l("XLSX, ODS, XLS or CSV with one heading row, at most 20 MB."),
        render_kw={"accept": ".xlsx,.xls,.ods,.csv,.txt"},
    )


class ExportForm(Form):
    """What a spreadsheet shall hold beyond the plain list, and why."""

    with_personal = BooleanField(_l("With phone and identity number"))
    with_pay = BooleanField(_l("With pay"))
    purpose = StringField(
        _l("What do you need it for?"),
        [Optional(), Length(min=5, max=200)],
        [stripped],
        description=_l("Needed for personal data; the audit trail keeps your answer."),
    )


def after(last_day: Any) -> Any:
    """The first day after a last day; none after none."""
    return None if last_day is None else last_day + timedelta(days=1)


def before(end: Any) -> Any:
    """The last day before an exclusive end; none before none."""
    return None if end is None else end - timedelta(days=1)
