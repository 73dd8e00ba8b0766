"""Rules that the database itself keeps: no two rows of one owner share an instant.

PostgreSQL keeps the rule with an exclusion constraint, SQLite with triggers; both
hold against concurrent writers, whatever the application believes.
"""

from dataclasses import dataclass

from sqlalchemy import DDL, Table, event
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """For each value of ``owner``, the rows' ``[starts_at, ends_at)`` are disjoint.

    ``only_where`` names a boolean column; rows in which it is false are free.
    Rows without an owner are free too.
    """

    table: str
    owner: str
    only_where: str | None = None
    starts: str = "starts_at"
    ends: str = "ends_at"

    @property
    def name(self) -> str:
        """What the rule is called in the database and in its refusals."""
        return f"no_overlap_{self.table}_{self.owner}"

    def create(self, dialect: str) -> list[str]:
        """The statements that put the rule in place."""
        if dialect == "postgresql":
            return [self._constraint()]
        return [self._trigger("INSERT"), self._trigger("UPDATE")]

    def drop(self, dialect: str) -> list[str]:
        """The statements that take the rule away."""
        if dialect == "postgresql":
            return [f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}"]
        return [
            f"DROP TRIGGER IF EXISTS {self.name}_{verb}"
            for verb in ("insert", "update")
        ]

    def _constraint(self) -> str:
        # A range without bounds holds everything: leave rows without an owner out.
        conditions = f"{self.owner} IS NOT NULL"
        if self.only_where:
            conditions += f" AND {self.only_where}"
        # A range of one number lets GiST compare the owner without an extension.
        owner = f"int8range({self.owner}, {self.owner}, '[]')"
        span = f"tstzrange({self.starts}, {self.ends})"
        return (
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} "
            f"EXCLUDE USING gist ({owner} WITH &&, {span} WITH &&) WHERE ({conditions})"
        )

    def _trigger(self, verb: str) -> str:
        new_applies = f" AND NEW.{self.only_where}" if self.only_where else ""
        old_applies = f" AND {self.only_where}" if self.only_where else ""
        return (
            f"CREATE TRIGGER {self.name}_{verb.lower()} BEFORE {verb} ON {self.table} "
            f"WHEN NEW.{self.owner} IS NOT NULL{new_applies} BEGIN "
            f"SELECT RAISE(ABORT, '{self.name}') WHERE EXISTS ("
            f"SELECT 1 FROM {self.table} WHERE {self.owner} = NEW.{self.owner} "
            f"AND id IS NOT NEW.id AND {self.starts} < NEW.{self.ends} "
            f"AND {self.ends} > NEW.{self.starts}{old_applies}); END"
        )


_kept: dict[str, NoOverlap] = {}


def keep(table: Table, rule: NoOverlap) -> None:
    """Put the rule in place whenever the table is created from the models.

    Migrations execute `NoOverlap.create` themselves.
    """
    _kept[rule.name] = rule
    for dialect in ("sqlite", "postgresql"):
        for statement in rule.create(dialect):
            escaped = DDL(  # type: ignore[no-untyped-call]
                statement.replace("%", "%%")
            )
            event.listen(table, "after_create", escaped.execute_if(dialect=dialect))


def kept_rules() -> list[NoOverlap]:
    """The rules that the models declare, in the order of their tables' names."""
    return sorted(_kept.values(), key=lambda rule: rule.name)


def is_broken(error: DBAPIError, rule: NoOverlap) -> bool:
    """Whether the database refused a change because of this rule."""
    return rule.name in str(error.orig)
