"""The shape of this room's input."""

from typing import Any

from wtforms import (
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from callcenter.access.models import ScopeKind
from callcenter.access.permissions import ROLE_NAMES
from callcenter.kernel.text import _l
from callcenter.web.forms import EditForm, Form, choices

ANY_EMAIL = Regexp(
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("Write an address like name@company.com.")
)


class SignInForm(Form):
    """E-mail and password."""

    email = StringField(
        _l("E-mail"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "username", "inputmode": "email", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class NewPasswordForm(Form):
    """A password, twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(), Length(max=200)],
        description=_l("At least 10 characters. Several words are best."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same again"),
        [InputRequired(), EqualTo("password", _l("The two do not match."))],
        render_kw={"autocomplete": "new-password"},
    )


class ChangePasswordForm(NewPasswordForm):
    """The present password, then the new one twice."""

    present = PasswordField(
        _l("Present password"),
        [InputRequired(), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(Form):
    """What users change about themselves."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=120)])
    locale = SelectField(
        _l("Language"),
        choices=choices(
            (
                ("", _l("As the browser says")),
                ("en", "English"),
                ("zh_CN", "简体中文"),
            )
        ),
    )


class GrantForm(Form):
    """A role and how far it reaches."""

    role = SelectField(_l("Role"), [InputRequired()])
    scope = SelectField(_l("Reaches"), [InputRequired()])


class InviteForm(GrantForm):
    """A new user and the first role."""

    name = StringField(_l("Full name"), [InputRequired(), Length(max=120)])
    email = StringField(_l("E-mail"), [InputRequired(), Length(max=200), ANY_EMAIL])


class CheckboxesField(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RoleForm(EditForm):
    """A role of the customer's own."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=80)])
    description = TextAreaField(_l("What it is for"), [Length(max=400)])
    permissions = CheckboxesField(_l("Permissions"))


class TokenForm(Form):
    """A token for a program."""

    name = StringField(
        _l("What uses it"),
        [InputRequired(), Length(max=120)],
        description=_l("For example: telephone system, head office."),
    )
    permissions = CheckboxesField(_l("Permissions"), [InputRequired()])
    days = SelectField(
        _l("Valid for"),
        [Optional()],
        choices=choices(
            (
                ("30", _l("30 days")),
                ("90", _l("90 days")),
                ("365", _l("One year")),
                ("", _l("Until revoked")),
            )
        ),
        default="90",
    )


def role_choices(own_roles: list[Any]) -> list[tuple[str, object]]:
    """Built-in roles by code, own roles by ``#`` and number."""
    built_in = [(str(code), name) for code, name in ROLE_NAMES.items()]
    return built_in + [(f"#{role.id}", role.name) for role in own_roles]


def scope_options(offered: Any) -> list[tuple[str, object]]:
    """Every way to limit a grant, as ``kind`` or ``kind:id``."""
    plain: list[tuple[str, object]] = [
        (ScopeKind.EVERYTHING.value, _l("Everything")),
        (ScopeKind.OWN_TEAMS.value, _l("The teams that the person leads")),
        (ScopeKind.SELF.value, _l("Only the person")),
    ]
    titles = (
        ("site", _l("Site")),
        ("project", _l("Project")),
        ("team", _l("Team")),
    )
    for kind, title in titles:
        plain += [
            (f"{kind}:{key}", f"{title}: {name}")
            for key, name in offered.of(kind).items()
        ]
    return plain
