"""The base of all forms."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.fields.choices import SelectChoice


def choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Options for a select field: pairs of a value and its (lazy) label."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class Form(FlaskForm):
    """A form with CSRF protection that can take a refusal onto one of its fields."""

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
