"""Changing people and their organisation."""

from callcenter.access.events import ActorDraft, ScopeChoices
from callcenter.people import queries


def describe_actor(draft: ActorDraft) -> None:
    """Tell which employee a user is, where they sit and whom they lead."""
    place = queries.find_place(draft.user_id)
    if place is None:
        return
    draft.employee_id = place.employee_id
    draft.zone = place.zone
    draft.own_team_ids = place.led_team_ids


def offer_scopes(choices: ScopeChoices) -> None:
    """Name the sites and teams that a grant can be limited to."""
    choices.sites.update(queries.site_names())
    choices.teams.update(queries.team_names())
