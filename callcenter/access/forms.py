"""The shape of this room's input."""

from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from callcenter.kernel.text import _l
from callcenter.web.forms import Form


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
