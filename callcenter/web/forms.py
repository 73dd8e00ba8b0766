"""The base of all forms."""

import hashlib
from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import inspect
from wtforms import Field, HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from callcenter.kernel.errors import Stale
from callcenter.kernel.text import _l
from callcenter.web.limits import fault_of

ANY_EMAIL = Regexp(
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Write an address like name@company.com.")
)


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Options for a select field: pairs of a value and its (lazy) label."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def mark_of(*rows: Any) -> str:
    """A mark that is another as soon as anything in the rows has changed."""
    held = []
    for row in rows:
        state: Any = inspect(row)
        keys = sorted(each.key for each in state.mapper.column_attrs)
        held += [(key, str(state.dict[key])) for key in keys if key in state.dict]
    return hashlib.sha256(repr(held).encode()).hexdigest()[:20]


def _say_once(field: Field) -> None:
    """Say of what could not be read only that, not also what it would have to be."""
    typed = field.raw_data and str(field.raw_data[0]).strip()
    if typed and field.process_errors and field.errors:
        field.errors = list(field.process_errors[:1])


class Form(FlaskForm):
    """A form with CSRF protection that can take a refusal onto one of its fields."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well, and every value can be kept at all."""
        is_well = bool(super().validate(extra_validators))
        for field in self:
            _say_once(field)
            fault = fault_of(field.data)
            if fault is not None:
                field.errors = [*field.errors, fault]
                is_well = False
        return is_well

    def refuse(self, field_name: str | None, message: object) -> None:
        """Put a refusal where the reader looks: on the field, or on the form."""
        field: Field | None = getattr(self, field_name, None) if field_name else None
        if field is None:
            self.form_errors.append(str(message))
        else:
            field.errors = [*field.errors, str(message)]

    def values(self, *names: str) -> dict[str, Any]:
        """The named fields' values, so that nothing else can be assigned."""
        return {name: self[name].data for name in names}


class EditForm(Form):
    """A form over a row that somebody else may change while it is open."""

    seen = HiddenField()

    def look_at(self, row: Any, *others: Any) -> None:
        """Note which state of the row the reader is shown; None is a new one.

        ``others`` are rows that are shown and saved together with it.
        """
        if row is not None and not self.is_submitted():
            self.seen.data = mark_of(row, *others)

    def require_unchanged(self, row: Any, *others: Any) -> Any:
        """The row, once it is still as it was shown; raises `Stale` otherwise."""
        if row is None or not self.seen.data:
            return row
        if self.seen.data != mark_of(row, *others):
            raise Stale
        return row
