"""Changing people and their organisation."""

from callcenter.access.events import ActorDraft, ScopeChoices
from callcenter.people import queries


def describe_actor(draft: ActorDraft) -> None:
    """Tell which employee a user is, where they sit and whom they lead."""
    employee = queries.find_employee_of_user(draft.user_id)
    if employee is None:
        return
    draft.employee_id = employee.id
    draft.zone = employee.site.zone
    draft.own_team_ids = queries.supervised_team_ids(employee.id)


def offer_scopes(choices: ScopeChoices) -> None:
    """Name the sites and teams that a grant can be limited to."""
    choices.sites.update(queries.site_names())
    choices.teams.update(queries.team_names())
