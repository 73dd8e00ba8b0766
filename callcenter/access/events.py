"""What this room tells others.

`actor_drafted` sends an `ActorDraft`, `signed_in` a `User`, `sign_in_refused` the
e-mail that was tried.
"""

from dataclasses import dataclass

from blinker import signal


@dataclass(slots=True)
class ActorDraft:
    """What becomes the `Actor`; higher rooms fill in what they know of the user."""

    user_id: int
    employee_id: int | None = None
    zone: str = "UTC"
    own_team_ids: frozenset[int] = frozenset()
    project_ids: frozenset[int] = frozenset()
    project_team_ids: frozenset[int] = frozenset()


actor_drafted = signal("access.actor_drafted")
signed_in = signal("access.signed_in")
sign_in_refused = signal("access.sign_in_refused")
