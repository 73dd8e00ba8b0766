"""Tokens with which programs act."""

from flask.typing import ResponseReturnValue

from callcenter.access import queries, services
from callcenter.access.forms import TokenForm
from callcenter.access.guards import acting_user, permission_required
from callcenter.access.permissions import Permission, declared, words_of
from callcenter.access.views.blueprint import bp
from callcenter.kernel.db import db, transaction
from callcenter.kernel.text import _
from callcenter.web.forms import choices
from callcenter.web.pages import render, see_other, toast


@bp.route("/tokens", methods=["GET", "POST"])
@permission_required(Permission.MANAGE_TOKENS)
def tokens() -> ResponseReturnValue:
    """List the tokens and issue new ones; the secret is shown once."""
    form = TokenForm()
    form.permissions.choices = choices((code, words_of(code)) for code in declared())
    secret = None
    if form.validate_on_submit():
        days = int(form.days.data) if form.days.data else None
        with transaction():
            _token, secret = services.issue_api_token(
                acting_user(),
                name=form.name.data,
                permissions=form.permissions.data,
                days=days,
            )
    return render(
        "access/tokens.html",
        422 if form.errors else 200,
        form=form,
        secret=secret,
        words_of=words_of,
        tokens=db.session.scalars(queries.api_tokens()).all(),
    )


@bp.post("/tokens/<int:token_id>/revoke")
@permission_required(Permission.MANAGE_TOKENS)
def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token at once."""
    with transaction():
        services.revoke_api_token(queries.get_api_token(token_id))
    toast(_("The token no longer works."))
    return see_other("access.tokens")
