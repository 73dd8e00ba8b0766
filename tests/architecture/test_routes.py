"""Every route says who may use it, and the list of routes is one that is read."""

from pathlib import Path

import pytest

from callcenter.access.permissions import Permission
from callcenter.app import create_app

LIST = Path(__file__).with_name("route-list.txt")
# Whoever is not signed in reaches these, and nothing else.
PUBLIC = {
    "access.accept_invitation",
    "access.sign_in",
    "components_page",
    "healthz",
    "metrics",
    "preferences.choose",
    "readyz",
    "recruiting.sign_up",
    "scheduling.calendar",
    "static",
}


@pytest.fixture
def app(config):
    """The application; no database is needed to know its routes."""
    return create_app(config)


@pytest.fixture
def routes(app):
    """Endpoint, methods with address, and permission of each route."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        permission = getattr(view, "__permission__", "MISSING")
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append((rule.endpoint, f"{methods} {rule.rule}", permission))
    return sorted(found)


def test_every_route_names_a_permission_or_is_public(routes):
    open_ones = {
        endpoint
        for endpoint, _address, permission in routes
        if permission is None or permission == "MISSING"
    }

    assert open_ones <= PUBLIC


def test_every_named_permission_is_declared_by_a_room(app, routes):
    known = {*app.extensions["permissions"], Permission.USE_OWN_ACCOUNT.value}
    named = {str(permission) for _e, _a, permission in routes if permission}

    assert named - known <= {"MISSING"}


def test_the_list_of_routes_is_up_to_date(routes):
    present = [
        f"{endpoint} {address} {permission or 'public'}"
        for endpoint, address, permission in routes
        if endpoint != "static"
    ]

    # Written anew by: python tools/routes.py
    assert present == LIST.read_text(encoding="utf-8").splitlines()
