"""The base of all forms."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice

from callcenter.web.limits import fault_of


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Options for a select field: pairs of a value and its (lazy) label."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class Form(FlaskForm):
    """A form with CSRF protection that can take a refusal onto one of its fields."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well, and every value can be kept at all."""
        is_well = bool(super().validate(extra_validators))
        for field in self:
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
