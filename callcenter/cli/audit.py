"""Examining the audit trail from the shell."""

import sys

import click


@click.group("audit")
def audit() -> None:
    """Examine the audit trail."""


@audit.command("verify")
@click.option("--expect", "seal", help="A seal that was told before: it must be there.")
def verify(seal: str | None) -> None:
    """Recompute the chain of digests; exit with 1 where it is broken.

    Keep the seal that it tells away from the database, and ask for it the next time:
    without it nobody can know whether the latest entries were cut off.
    """
    from callcenter.access import audit as trail
    from callcenter.app import create_app

    with create_app().app_context():
        verdict = trail.verify(expected=seal)
    if verdict.is_intact:
        click.echo(
            f"The audit trail is intact: {verdict.n_entries} entries, "
            f"sealed by {verdict.seal}"
        )
        return
    if verdict.broken_id is None:
        click.echo(
            f"The audit trail was cut: entry {seal} was there and is gone.", err=True
        )
        sys.exit(1)
    click.echo(
        f"The audit trail is broken at entry {verdict.broken_id}: it, or the one "
        "before it, was changed, removed or put in later.",
        err=True,
    )
    sys.exit(1)
