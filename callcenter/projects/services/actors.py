"""Letting project scopes reach the teams that work on them."""

from callcenter.access.events import ActorDraft, ScopeChoices
from callcenter.kernel import clock
from callcenter.projects import queries


def describe_actor(draft: ActorDraft) -> None:
    """Let the projects that a user is granted reach the teams that work on them."""
    if draft.project_ids:
        today = clock.now().date()
        draft.project_team_ids = queries.team_ids_of_projects(draft.project_ids, today)


def offer_scopes(choices: ScopeChoices) -> None:
    """Name the projects that a grant can be limited to."""
    choices.projects.update(queries.project_names())
