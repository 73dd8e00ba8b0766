"""Who acts, and how far their permissions reach.

An actor is a plain value made once per request or job. Queries take its
`Scope`; they never ask who is signed in.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from callcenter.kernel.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows that one permission reaches; the union of all it names."""

    is_everything: bool = False
    site_ids: frozenset[int] = frozenset()
    project_ids: frozenset[int] = frozenset()
    team_ids: frozenset[int] = frozenset()
    employee_id: int | None = None

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            is_everything=self.is_everything or other.is_everything,
            site_ids=self.site_ids | other.site_ids,
            project_ids=self.project_ids | other.project_ids,
            team_ids=self.team_ids | other.team_ids,
            employee_id=self.employee_id or other.employee_id,
        )

    @property
    def is_empty(self) -> bool:
        """Whether it reaches nothing at all."""
        return self == NOTHING


NOTHING = Scope()
EVERYTHING = Scope(is_everything=True)


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person, a token, or the system itself."""

    user_id: int | None = None
    name: str = ""
    employee_id: int | None = None
    zone: str = "UTC"
    locale: str | None = None
    permissions: Mapping[str, Scope] = field(default_factory=dict)
    is_system: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.user_id is None and not self.is_system

    def may(self, permission: str) -> bool:
        """Whether the permission is held at all, whatever its scope."""
        return self.is_system or permission in self.permissions

    def may_everywhere(self, permission: str) -> bool:
        """Whether the permission is held for the whole company."""
        return self.may(permission) and self.scope(permission).is_everything

    def scope(self, permission: str) -> Scope:
        """How far the permission reaches.

        Raises `Forbidden` when it is not held.
        """
        if self.is_system:
            return EVERYTHING
        try:
            return self.permissions[permission]
        except KeyError:
            raise Forbidden(permission=str(permission)) from None


ANONYMOUS = Actor()
SYSTEM = Actor(name="system", is_system=True)

_current: ContextVar[Actor] = ContextVar("actor", default=ANONYMOUS)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def current_actor() -> Actor:
    """Who acts in this context; anonymous until somebody is set."""
    return _current.get()


def set_actor(actor: Actor) -> None:
    """Name who acts from here on in this context."""
    _current.set(actor)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Act as somebody for a while, as jobs and commands do."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def request_id() -> str:
    """What ties log lines, audit entries and jobs of one request together."""
    return _request_id.get()


def set_request_id(value: str) -> None:
    """Name the request or job at hand."""
    _request_id.set(value)
