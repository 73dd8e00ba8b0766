"""The shape of this room's input."""

from wtforms import TextAreaField
from wtforms.validators import Length

from callcenter.kernel.text import _l
from callcenter.web.forms import Form


class DecideForm(Form):
    """The words that go with a decision; the buttons say which one it is."""

    note = TextAreaField(
        _l("Note"),
        [Length(max=400)],
        description=_l("The person who asked reads it. A refusal needs a reason."),
        render_kw={"rows": 3},
    )
