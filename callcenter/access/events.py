"""What this room tells others.

`actor_drafted` sends an `ActorDraft`, `signed_in` a `User`, `sign_in_refused` the
e-mail that was tried. `scope_choices_wanted` sends `ScopeChoices`, which higher
rooms fill with the sites, projects and teams that a grant can name.
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


@dataclass(slots=True)
class ScopeChoices:
    """What a grant can be limited to: id and name, by kind of scope."""

    sites: dict[int, str]
    projects: dict[int, str]
    teams: dict[int, str]

    def of(self, kind: str) -> dict[int, str]:
        """The choices of one kind; none for kinds that name nothing."""
        by_kind = {"site": self.sites, "project": self.projects, "team": self.teams}
        return by_kind.get(kind, {})


actor_drafted = signal("access.actor_drafted")
signed_in = signal("access.signed_in")
sign_in_refused = signal("access.sign_in_refused")
scope_choices_wanted = signal("access.scope_choices_wanted")
