"""The shape of this room's input."""

import re
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from callcenter.kernel.text import _l
from callcenter.people.models import EmploymentKind, PayBasis
from callcenter.recruiting.models import ChannelKind, RefusalReason, RequisitionReason
from callcenter.web.forms import ANY_EMAIL, EditForm, Form, choices

MOST_MONEY = 10_000_000
MONEY = (Optional(), NumberRange(min=0, max=MOST_MONEY))


def stripped(value: Any) -> str:
    """Text without blanks around it; a field that was not sent is empty."""
    return value.strip() if isinstance(value, str) else ""


def whole_or_none(value: Any) -> int | None:
    """The id that a select field holds; nothing chosen is None."""
    return int(value) if value and re.fullmatch(r"\d{1,18}", str(value)) else None


def kind_or_none(value: Any) -> EmploymentKind | None:
    """The kind of employment that a select field holds; nothing chosen is None."""
    return EmploymentKind(value) if value else None


class RequisitionForm(EditForm):
    """What is asked for."""

    site_id = SelectField(_l("Site"), [InputRequired()], coerce=whole_or_none)
    project_id = SelectField(_l("Project"), coerce=whole_or_none)
    post_id = SelectField(_l("Post"), [InputRequired()], coerce=whole_or_none)
    employment_kind = SelectField(
        _l("Employment"),
        coerce=EmploymentKind,
        choices=choices((each.value, each) for each in EmploymentKind),
    )
    headcount = IntegerField(
        _l("Headcount"), [InputRequired(), NumberRange(min=1, max=9999)]
    )
    due_on = DateField(
        _l("Needed on"),
        [InputRequired()],
        description=_l("The first day of their class."),
    )
    reason = SelectField(
        _l("Reason"),
        coerce=RequisitionReason,
        choices=choices((each.value, each) for each in RequisitionReason),
    )
    replaces = StringField(
        _l("Employee number of who left"),
        [Optional(), Length(max=20)],
        [stripped],
        description=_l("For a replacement; may stay empty."),
    )
    conditions = TextAreaField(
        _l("Conditions"),
        [Length(max=4000)],
        [stripped],
        description=_l("What the work asks for: language, voice, computing, shifts."),
        render_kw={"rows": 5},
    )
    pay_basis = SelectField(
        _l("Pay"),
        coerce=PayBasis,
        choices=choices((each.value, each) for each in PayBasis),
    )
    pay_low = DecimalField(_l("Pay from"), MONEY, places=2)
    pay_high = DecimalField(_l("Pay to"), MONEY, places=2)
    channel_budget = DecimalField(
        _l("Budget for channels"),
        MONEY,
        places=2,
        description=_l("For events, job boards and bonuses, in the site's currency."),
    )
    note = StringField(_l("Note"), [Length(max=400)], [stripped])

    def name_kinds(self) -> None:
        """Say the kinds in the reader's language."""
        for field, kinds in (
            (self.employment_kind, EmploymentKind),
            (self.reason, RequisitionReason),
            (self.pay_basis, PayBasis),
        ):
            if field is not None:
                field.choices = choices((each.value, each.label) for each in kinds)


class ChannelForm(EditForm):
    """A channel."""

    kind = SelectField(_l("Kind"), coerce=ChannelKind)
    name = StringField(_l("Name"), [InputRequired(), Length(max=120)], [stripped])
    site_id = SelectField(
        _l("Site"), coerce=whole_or_none, description=_l("Whose channel it is.")
    )
    contact = StringField(
        _l("Contact"),
        [Length(max=200)],
        [stripped],
        description=_l("The school's or board's office, not a private person."),
    )
    referral_bonus = DecimalField(_l("Referral bonus"), MONEY, places=2)
    is_active = BooleanField(_l("In use"), default=True)


class EventForm(EditForm):
    """An event, by the clock of its site."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=120)], [stripped])
    channel_id = SelectField(_l("Channel"), [InputRequired()], coerce=whole_or_none)
    site_id = SelectField(_l("Site"), [InputRequired()], coerce=whole_or_none)
    requisition_id = SelectField(
        _l("For the requisition"),
        coerce=whole_or_none,
        description=_l("Who signs up is put forward for it; else the talent pool."),
    )
    place = StringField(_l("Place"), [Length(max=200)], [stripped])
    since = DateTimeLocalField(_l("From"), [InputRequired()])
    until = DateTimeLocalField(_l("Until"), [InputRequired()])
    spend = DecimalField(_l("Spent"), MONEY, places=2)
    n_attended = IntegerField(
        _l("Attendance"), [Optional(), NumberRange(min=0, max=100_000)]
    )
    is_open = BooleanField(_l("Sign-up is open"), default=True)


class SignUpForm(Form):
    """What somebody who signs up tells us, and that they agree."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=80)], [stripped])
    phone = StringField(_l("Phone"), [InputRequired(), Length(max=30)], [stripped])
    email = StringField(
        _l("E-mail"), [Optional(), Length(max=200), ANY_EMAIL], [stripped]
    )
    school = StringField(_l("School"), [Length(max=120)], [stripped])
    wanted_kind = SelectField(_l("I am looking for"), coerce=kind_or_none)
    agrees = BooleanField(
        _l("I agree to this."),
        [InputRequired(message=_l("Without your consent we may not keep this."))],
    )


class CandidateForm(EditForm):
    """What is known of a candidate; numbers that stay empty stay as they are."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=80)], [stripped])
    phone = StringField(_l("Phone"), [Optional(), Length(max=30)], [stripped])
    identity_number = StringField(
        _l("Identity number"), [Optional(), Length(max=30)], [stripped]
    )
    email = StringField(
        _l("E-mail"), [Optional(), Length(max=200), ANY_EMAIL], [stripped]
    )
    site_id = SelectField(_l("Site"), [InputRequired()], coerce=whole_or_none)
    channel_id = SelectField(_l("Channel"), coerce=whole_or_none)
    referrer = StringField(
        _l("Referred by (employee number)"), [Optional(), Length(max=20)], [stripped]
    )
    school = StringField(_l("School"), [Length(max=120)], [stripped])
    wanted_kind = SelectField(_l("Looks for"), coerce=kind_or_none)
    available_on = DateField(_l("Can start on"), [Optional()])
    skills = TextAreaField(
        _l("Languages and skills"),
        [Length(max=4000)],
        [stripped],
        render_kw={"rows": 3},
    )
    requisition_id = SelectField(_l("Put forward for"), coerce=whole_or_none)
    has_consent = BooleanField(_l("Has agreed that we keep the data"))


class PurposeForm(Form):
    """Why somebody looks at personal data."""

    purpose = StringField(
        _l("What do you need it for?"),
        [InputRequired(), Length(min=5, max=200)],
        [stripped],
    )


class NoteForm(Form):
    """Words about a candidate."""

    words = StringField(_l("Note"), [InputRequired(), Length(max=400)], [stripped])


class RefusalForm(Form):
    """Why a candidate does not go on."""

    reason = SelectField(_l("Reason"), coerce=RefusalReason)
    words = StringField(_l("In words"), [Length(max=400)], [stripped])
    into_pool = BooleanField(_l("Put into the talent pool"))
