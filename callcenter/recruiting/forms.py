"""The shape of this room's input."""

import re
from typing import Any

from wtforms import (
    DateField,
    DecimalField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from callcenter.kernel.text import _l
from callcenter.people.models import EmploymentKind, PayBasis
from callcenter.recruiting.models import RequisitionReason
from callcenter.web.forms import EditForm, choices

MOST_MONEY = 10_000_000
MONEY = (Optional(), NumberRange(min=0, max=MOST_MONEY))


def stripped(value: Any) -> str:
    """Text without blanks around it; a field that was not sent is empty."""
    return value.strip() if isinstance(value, str) else ""


def whole_or_none(value: Any) -> int | None:
    """The id that a select field holds; nothing chosen is None."""
    return int(value) if value and re.fullmatch(r"\d{1,18}", str(value)) else None


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
