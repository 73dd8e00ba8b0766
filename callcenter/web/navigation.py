"""The navigation: rooms register their entries, each person sees what they may open."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Flask, current_app, request, url_for
from markupsafe import Markup

from callcenter.kernel.actor import Actor, current_actor
from callcenter.kernel.text import _l, voice


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry: where it leads, who may see it, and where it stands.

    What is for employees is hidden from users who are none, such as clients.
    """

    group: str
    label: object
    endpoint: str
    permission: str | None
    icon: str
    order: int = 100
    phone_order: int | None = None
    is_for_employees: bool = False


@dataclass(frozen=True, slots=True)
class NavLink:
    """An entry as the layout draws it."""

    label: str
    url: str
    icon: str
    is_current: bool
    phone_order: int | None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The navigation as HTML: beside the page, and below it on a phone."""

    sidebar: Markup
    thumbbar: Markup

    def __bool__(self) -> bool:
        return bool(self.sidebar)


@dataclass(frozen=True, slots=True)
class NavGroup:
    """A titled list of entries."""

    label: str
    items: list[NavLink] = field(default_factory=list)


MOST_KEPT = 256  # navigations: roles times languages times entries, some 5 KB each

NOTHING_DRAWN = Drawn(Markup(), Markup())
GROUPS: dict[str, object] = {
    "me": _l("Mine"),
    "service": _l("Service"),
    "planning": _l("Planning"),
    "people": _l("People"),
    "projects": _l("Projects"),
    "quality": _l("Quality"),
    "administration": _l("Administration"),
}


def init_app(app: Flask) -> None:
    """Give every template the navigation of whoever looks at it."""
    app.extensions["navigation"] = []
    app.extensions["drawn_navigation"] = {}
    app.jinja_env.globals["drawn_navigation"] = drawn_navigation


def register(app: Flask, items: Iterable[NavItem]) -> None:
    """Add a room's entries.

    Raises `ValueError` for a group that the layout does not know.
    """
    for item in items:
        if item.group not in GROUPS:
            raise ValueError(f"no such navigation group: {item.group}")
        app.extensions["navigation"].append(item)


def drawn_navigation() -> Drawn:
    """The navigation of the present actor as HTML.

    It is the same for everybody who may do the same in the same language, so it is
    drawn once and kept, unless templates are being written.
    """
    actor = current_actor()
    if actor.is_anonymous:
        return NOTHING_DRAWN
    kept: dict[object, Drawn] = current_app.extensions["drawn_navigation"]
    key = (
        frozenset(actor.permissions),
        actor.is_system,
        actor.employee_id is None,
        voice().name,
        request.script_root,
        request.endpoint if request.endpoint in _endpoints() else None,
    )
    if key not in kept or current_app.jinja_env.auto_reload:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = _draw()
    return kept[key]


def _endpoints() -> set[str]:
    items: list[NavItem] = current_app.extensions["navigation"]
    return {item.endpoint for item in items}


def _draw() -> Drawn:
    groups = navigation()
    if not groups:
        return NOTHING_DRAWN
    environment = current_app.jinja_env
    sidebar = environment.get_template("web/_sidebar.html").render(groups=groups)
    thumbbar = environment.get_template("web/_thumbbar.html").render(
        groups=groups, thumb=phone_navigation()
    )
    return Drawn(Markup(sidebar), Markup(thumbbar))  # noqa: S704 - from templates


def navigation() -> list[NavGroup]:
    """The groups that the present actor may open, in order."""
    groups = {name: NavGroup(str(label)) for name, label in GROUPS.items()}
    for item in _visible_items():
        groups[item.group].items.append(_link(item))
    return [group for group in groups.values() if group.items]


def phone_navigation() -> list[NavLink]:
    """The few entries for the bottom bar of a phone, most important first."""
    chosen = [item for item in _visible_items() if item.phone_order is not None]
    chosen.sort(key=lambda item: item.phone_order or 0)
    return [_link(item) for item in chosen[:4]]


def _visible_items() -> list[NavItem]:
    actor = current_actor()
    if actor.is_anonymous:
        return []
    items: list[NavItem] = current_app.extensions["navigation"]
    return sorted(
        (item for item in items if _is_for(item, actor)), key=lambda item: item.order
    )


def _is_for(item: NavItem, actor: Actor) -> bool:
    if item.is_for_employees and actor.employee_id is None:
        return False
    return item.permission is None or actor.may(item.permission)


def _link(item: NavItem) -> NavLink:
    return NavLink(
        label=str(item.label),
        url=url_for(item.endpoint),
        icon=item.icon,
        is_current=_is_current(item.endpoint),
        phone_order=item.phone_order,
    )


def _is_current(endpoint: str) -> bool:
    return request.endpoint == endpoint
