"""Examining the audit trail from the shell."""

import sys

import click


@click.group("audit")
def audit() -> None:
    """Examine the audit trail."""


@audit.command("verify")
def verify() -> None:
    """Recompute the chain of digests; exit with 1 where it is broken."""
    from callcenter.access import audit as trail
    from callcenter.app import create_app

    with create_app().app_context():
        verdict = trail.verify()
    if verdict.is_intact:
        click.echo(f"The audit trail is intact: {verdict.n_entries} entries.")
        return
    click.echo(
        f"The audit trail is broken at entry {verdict.broken_id}: it, or the one "
        "before it, was changed, removed or put in later.",
        err=True,
    )
    sys.exit(1)
