"""What this room tells others."""

from dataclasses import dataclass, field

from blinker import signal


@dataclass(slots=True)
class ActorDraft:
    """What becomes the `Actor`; higher rooms fill in what they know of the user."""

    user_id: int
    employee_id: int | None = None
    zone: str = "UTC"
    own_team_ids: frozenset[int] = frozenset()
    extra: dict[str, object] = field(default_factory=dict)


# sender: ActorDraft
actor_drafted = signal("access.actor_drafted")
# sender: User
signed_in = signal("access.signed_in")
# sender: the e-mail that was tried
sign_in_refused = signal("access.sign_in_refused")
