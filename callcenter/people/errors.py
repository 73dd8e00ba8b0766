"""Refusals of this room."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _, _l, _n


class AlreadyTaken(Conflict):
    """Somebody's time is taken by something else; ``context`` names what and when.

    Carries ``employee_id``, ``name``, ``title``, ``starts_at`` and ``ends_at``, the
    last three None when another writer was first and its row is not readable yet.
    """

    code = "people.already_taken"

    def default_message(self) -> object:
        """Who is taken by what, and when."""
        name, title = self.context.get("name"), self.context.get("title")
        if title is None:
            return _(
                "%(name)s was booked by somebody else at this very moment. "
                "Look again and choose another time.",
                name=name,
            )
        return _(
            "%(name)s is taken: %(title)s, %(start)s – %(end)s.",
            name=name,
            title=title,
            start=_moment(self.context["starts_at"]),
            end=_moment(self.context["ends_at"]),
        )


class EmploymentOverlap(Conflict):
    """Two contracts of one person cover the same day."""

    code = "people.employment_overlap"

    def default_message(self) -> object:
        """Which contract stands in the way."""
        clash = self.context["clash"]
        if clash.ends_on is None:
            return _(
                "The contract that starts on %(start)s has no end yet. End it first.",
                start=_day(clash.starts_on),
            )
        return _(
            "The contract from %(start)s to %(end)s covers some of these days.",
            start=_day(clash.starts_on),
            end=_day(clash.ends_on),
        )


class NumberTaken(Conflict):
    """Another employee has that number."""

    code = "people.number_taken"

    def default_message(self) -> object:
        """Whose it is."""
        return _("%(name)s has this number already.", name=self.context["name"])


class CodeTaken(Conflict):
    """Another row of the same kind has that code."""

    code = "people.code_taken"

    def default_message(self) -> object:
        """Whose it is."""
        return _("%(name)s has this code already.", name=self.context["name"])


class StillUsed(Conflict):
    """Something cannot be removed while others stand on it."""

    code = "people.still_used"

    def default_message(self) -> object:
        """By whom it is used."""
        counted = self.context["users"].items()
        users = ", ".join(_counted(kind, n) for kind, n in counted if n)
        return _("This is still used: %(users)s. Move them first.", users=users)


class NotEmployed(Conflict):
    """The change needs somebody who works here."""

    code = "people.not_employed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This person does not work here at that time.")


class StillEmployed(Conflict):
    """The change needs somebody who has left."""

    code = "people.still_employed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This person works here already.")


class CircularReporting(Invalid):
    """A post would report to itself, directly or through others."""

    code = "people.circular_reporting"

    def default_message(self) -> object:
        """What is wrong."""
        return _l("The posts would report to each other in a circle.")


class UserTaken(Conflict):
    """The sign-in belongs to another employee."""

    code = "people.user_taken"

    def default_message(self) -> object:
        """What is wrong."""
        return _l("This sign-in belongs to another employee.")


class FileRefused(Invalid):
    """A spreadsheet cannot be read at all."""

    code = "people.file_refused"


def _counted(kind: str, n: int) -> str:
    words = {
        "employees": lambda: _n("one employee", "%(num)s employees", n),
        "teams": lambda: _n("one team", "%(num)s teams", n),
        "floors": lambda: _n("one floor", "%(num)s floors", n),
        "posts": lambda: _n("one post", "%(num)s posts", n),
        "moves": lambda: _n("one transfer", "%(num)s transfers", n),
        "others": lambda: _("other parts of the system"),
    }
    return words[kind]()


def _moment(value: object) -> str:
    from flask_babel import format_datetime

    return str(format_datetime(value, "short"))


def _day(value: object) -> str:
    from flask_babel import format_date

    return str(format_date(value, "medium"))
