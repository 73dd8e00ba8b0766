"""Write the migration of a room: what its models have and the database lacks.

    python tools/migration.py ROOM NUMBER [MESSAGE]     e.g. people 2

The file ``migrations/versions/00NN_create_<room>.py`` follows the present head and
holds only tables whose names start with ``<room>_``. Read it before committing it.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from sqlalchemy import ForeignKeyConstraint

from callcenter.app import create_app
from callcenter.config import Config
from callcenter.kernel.db import Model, db
from callcenter.kernel.overlap import kept_rules
from callcenter.kernel.schema import migrations

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "migrations" / "versions"
RULE_DEFAULTS = {"only_where": None, "starts": "starts_at", "ends": "ends_at"}


def main(arguments: list[str]) -> int:
    """Write one migration file and say which."""
    room, number, *words = arguments
    message = " ".join(words) or f"create {room}"
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), room, f"{int(number):04d}", message)
    return 0


def write(folder: Path, room: str, revision: str, message: str) -> None:
    """Bring an empty database to the present head and record what is missing."""
    before = set(VERSIONS.glob("*.py"))
    settings = Config("testing", folder, f"sqlite:///{folder}/x.db", "x" * 32, ("x",))
    app = create_app(settings)
    with app.app_context():
        config = migrations(app)
        if before:
            command.upgrade(config, "head")
        command.revision(
            app.extensions["migrate"].migrate.get_config(x_arg=[f"room={room}"]),
            message=message,
            autogenerate=True,
            rev_id=revision,
        )
        db.engine.dispose()
    for path in set(VERSIONS.glob("*.py")) - before:
        path.write_text(completed(path.read_text(encoding="utf-8")), encoding="utf-8")
        for step in (["check", "-q", "--select", "I", "--fix"], ["format", "-q"]):
            subprocess.run([ruff(), *step, str(path)], check=True)
        print(path.relative_to(ROOT))


def ruff() -> str:
    """The formatter beside this interpreter."""
    return str(Path(sys.executable).parent / "ruff")


def completed(source: str) -> str:
    """The migration with what Alembic does not see: late keys and overlap rules."""
    created = set(re.findall(r"op\.create_table\(\s*['\"](\w+)['\"]", source))
    ups, downs = late_keys(created)
    rules = [rule for rule in kept_rules() if rule.table in created]
    for rule in rules:
        call = f"NoOverlap({rule.table!r}, {rule.owner!r}"
        for name, default in RULE_DEFAULTS.items():
            if getattr(rule, name) != default:
                call += f", {name}={getattr(rule, name)!r}"
        ups.append(f"    for statement in {call}).create(dialect):")
        ups.append("        op.execute(statement)")
    if rules:
        source = source.replace(
            "from alembic import op\n",
            "from alembic import op\nfrom callcenter.kernel.overlap import NoOverlap\n",
            1,
        )
    if not ups:
        return tidy(source)
    ups.insert(0, "    dialect = op.get_bind().dialect.name")
    source = source.replace(
        "\n\ndef downgrade()", "\n".join(["", *ups, "", "", "def downgrade()"]), 1
    )
    return tidy(source.replace("def downgrade() -> None:\n", _down(downs), 1))


def _down(lines: list[str]) -> str:
    return "\n".join(["def downgrade() -> None:", *lines, ""])


def late_keys(created: set[str]) -> tuple[list[str], list[str]]:
    """Statements for the foreign keys of a circle: SQLite has them, PostgreSQL not."""
    ups, downs = [], []
    for table in sorted(created):
        for key in _circular(table):
            names = [column.name for column in key.columns]
            targets = [element.column.name for element in key.elements]
            ups += [
                '    if dialect == "postgresql":',
                "        op.create_foreign_key(",
                f"            {str(key.name)!r}, {table!r}, "
                f"{key.referred_table.name!r}, {names!r}, {targets!r}",
                "        )",
            ]
            downs += [
                '    if op.get_bind().dialect.name == "postgresql":',
                f"        op.drop_constraint({str(key.name)!r}, {table!r})",
            ]
    return ups, downs


def _circular(table: str) -> Iterator[ForeignKeyConstraint]:
    for key in Model.metadata.tables[table].foreign_key_constraints:
        if key.use_alter:
            yield key


def tidy(source: str) -> str:
    """Without Alembic's own comments and doubled blank lines."""
    source = re.sub(r"^ *# ### .*\n", "", source, flags=re.MULTILINE)
    return re.sub(r"\n{4,}", "\n\n\n", source)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
