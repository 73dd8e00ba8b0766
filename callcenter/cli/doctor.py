"""Telling in words what is misconfigured, before it hurts."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callcenter.config import Config

Finding = tuple[str, str]

GOOD, NOTE, BAD = "ok", "note", "WRONG"
LEAST_FREE_GB = 2
LARGEST_CLOCK_GAP_S = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at."""

    name: str
    look: Callable[["Config"], Iterator[Finding]]


@click.command("doctor")
def doctor() -> None:
    """Look at settings, database, disk, clock, mail, broker, texts and fonts.

    Exits with 1 when something is wrong.
    """
    from callcenter.config import Config, ConfigError

    try:
        config = Config.from_environ()
    except ConfigError as error:
        click.echo(f"{BAD:5}  settings: {error}")
        sys.exit(1)
    is_sound = True
    for check in CHECKS:
        for verdict, words in findings(check, config):
            click.echo(f"{verdict:5}  {check.name}: {words}")
            is_sound = is_sound and verdict != BAD
    sys.exit(0 if is_sound else 1)


def findings(check: Check, config: "Config") -> list[Finding]:
    """What one check found; a check that cannot be made is a finding as well."""
    try:
        return list(check.look(config))
    except Exception as error:  # noqa: BLE001 - a doctor does not faint
        words = str(error).partition("\n")[0]
        return [(BAD, f"could not be examined: {type(error).__name__}: {words}")]


def look_at_secrets(config: "Config") -> Iterator[Finding]:
    """Are the keys there, long enough and apart from each other."""
    if len(config.secret_key) < 32:
        yield BAD, "CALLCENTER_SECRET_KEY is shorter than 32 characters"
    if config.data_keys == (config.secret_key,):
        verdict = BAD if config.is_production else NOTE
        yield (
            verdict,
            "CALLCENTER_DATA_KEYS is not set, so personal data is encrypted with a key "
            "made from CALLCENTER_SECRET_KEY; give it one of its own before real data "
            "comes in",
        )
    if any(len(key) < 32 for key in config.data_keys):
        yield BAD, "a key in CALLCENTER_DATA_KEYS is shorter than 32 characters"
    if config.is_production:
        yield GOOD, "keys are set"
    else:
        yield (
            NOTE,
            f"environment is {config.environment}; real use needs "
            "CALLCENTER_ENV=production",
        )


def look_at_web(config: "Config") -> Iterator[Finding]:
    """Does the outside address fit the rest."""
    if config.is_production and not config.is_https:
        yield (
            NOTE,
            "CALLCENTER_HTTPS is off: cookies are not marked secure; set it to 1 when "
            "a proxy speaks TLS to the browsers",
        )
    if config.is_https and not config.public_url.startswith("https://"):
        yield BAD, "CALLCENTER_HTTPS is on, but CALLCENTER_PUBLIC_URL is not https://…"
    if config.is_production and not config.public_url:
        yield (
            BAD,
            "CALLCENTER_PUBLIC_URL is not set; links in mails and calendars need it",
        )
    if config.is_https and not config.n_proxies:
        yield (
            NOTE,
            "CALLCENTER_PROXIES is 0: all users seem to come from the proxy's address",
        )
    if config.is_production and config.rate_limit_storage.startswith("memory:"):
        yield (
            NOTE,
            "rate limits are kept per process; with several web processes set "
            "CALLCENTER_RATE_LIMIT_STORAGE=redis://…",
        )
    yield GOOD, f"pages are reached at {config.public_url or 'this machine only'}"


def look_at_folder(config: "Config") -> Iterator[Finding]:
    """Can files be written, and is there room for them."""
    probe = config.var / ".doctor"
    try:
        config.var.mkdir(parents=True, exist_ok=True)
        probe.write_text("ok")
        probe.unlink()
    except OSError as error:
        yield BAD, f"{config.var} cannot be written: {error.strerror}"
        return
    free_gb = shutil.disk_usage(config.var).free / 1e9
    verdict = GOOD if free_gb >= LEAST_FREE_GB else BAD
    yield verdict, f"{config.var} can be written, {free_gb:.1f} GB are free"


def look_at_database(config: "Config") -> Iterator[Finding]:
    """Does the database answer, and is it of this version."""
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from callcenter.app import create_app
    from callcenter.kernel import schema
    from callcenter.kernel.db import db

    with create_app(config).app_context():
        try:
            db.session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            cause = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            yield BAD, f"does not answer: {cause}"
            return
        dialect = db.engine.dialect.name
        verdict = GOOD if schema.is_current() else BAD
        yield verdict, f"{dialect} answers. {schema.standing()}"
        if dialect == "sqlite":
            yield from _look_into_sqlite(config)
        db.session.remove()
        db.engine.dispose()


def _look_into_sqlite(config: "Config") -> Iterator[Finding]:
    from sqlalchemy import text

    from callcenter.kernel.db import db

    state = db.session.scalar(text("PRAGMA quick_check(1)"))
    if state != "ok":
        yield BAD, f"SQLite finds damage: {state}; restore the last backup"
    if config.is_production:
        yield (
            NOTE,
            "SQLite serves one machine; for several, or above some hundred users at "
            "once, PostgreSQL is made (docs/deploy.md)",
        )


def look_at_clock(config: "Config") -> Iterator[Finding]:
    """Does this machine's clock agree with the database's, and are zones known."""
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from sqlalchemy import create_engine, text
    from sqlalchemy.exc import OperationalError

    from callcenter.kernel.db import database_url, engine_options

    ZoneInfo("Asia/Shanghai")
    url = database_url(config.database_url)
    if datetime.now(UTC).year < 2026:
        yield BAD, "this machine's clock stands before this program was written"
    if not url.startswith("postgresql"):
        yield GOOD, f"it is {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC"
        return
    engine = create_engine(url, **engine_options(url))
    try:
        with engine.connect() as connection:
            theirs = connection.scalar(text("SELECT clock_timestamp()"))
    except OperationalError:
        yield NOTE, "the database's clock cannot be asked while it does not answer"
        return
    finally:
        engine.dispose()
    gap_s = abs((datetime.now(UTC) - theirs).total_seconds()) if theirs else 0.0
    verdict = GOOD if gap_s < LARGEST_CLOCK_GAP_S else BAD
    yield verdict, f"this machine and the database are {gap_s:.1f} s apart"


def look_at_mail(config: "Config") -> Iterator[Finding]:
    """Does the mail server answer."""
    import smtplib

    if not config.mail_host:
        yield NOTE, "CALLCENTER_MAIL_HOST is not set: no mail is sent"
        return
    kind = smtplib.SMTP_SSL if config.mail_security == "tls" else smtplib.SMTP
    try:
        with kind(config.mail_host, config.mail_port, timeout=5) as server:
            if config.mail_security == "starttls":
                server.starttls()
            if config.mail_user:
                server.login(config.mail_user, config.mail_password)
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield BAD, f"{config.mail_host}:{config.mail_port} does not take mail: {error}"
        return
    yield GOOD, f"{config.mail_host}:{config.mail_port} answers"


def look_at_broker(config: "Config") -> Iterator[Finding]:
    """Does the broker answer, where one is used."""
    if not config.broker_url:
        yield GOOD, "none is used; workers ask the database"
        return
    from callcenter.kernel.jobs.transport import celery_app

    try:
        celery = celery_app(config.broker_url)
    except ImportError:
        yield (
            BAD,
            "CALLCENTER_BROKER_URL is set, but Celery is not installed: "
            "pip install 'callcenter[distributed]'",
        )
        return
    with celery.connection_for_write(connect_timeout=5) as connection:
        try:
            connection.ensure_connection(max_retries=1, timeout=5)
        except Exception as error:  # noqa: BLE001 - brokers raise errors of all kinds
            yield BAD, f"does not answer: {error}"
            return
        yield GOOD, f"{connection.transport_cls} answers"


def look_at_limits(config: "Config") -> Iterator[Finding]:
    """Does the store of the rate limits answer."""
    from limits.errors import ConfigurationError
    from limits.storage import storage_from_string

    try:
        storage = storage_from_string(config.rate_limit_storage)
    except ConfigurationError:
        yield (
            BAD,
            "CALLCENTER_RATE_LIMIT_STORAGE needs a client that is not installed: "
            "pip install -r requirements-distributed.lock",
        )
        return
    verdict = GOOD if storage.check() else BAD
    kind = config.rate_limit_storage.partition(":")[0]
    yield verdict, f"{kind} {'answers' if verdict == GOOD else 'does not answer'}"


def look_at_texts(_config: "Config") -> Iterator[Finding]:
    """Are the translations compiled, and the fonts for printing there."""
    from pathlib import Path

    package = Path(__file__).resolve().parent.parent
    if not list(package.glob("translations/*/LC_MESSAGES/messages.mo")):
        yield BAD, "the Chinese texts are not compiled: make bootstrap"
    for weight in ("Regular", "Bold"):
        if not (package / f"web/fonts/NotoSansSC-{weight}.ttf").exists():
            yield BAD, f"the font NotoSansSC-{weight}.ttf for PDFs is missing"
    yield GOOD, "English and Chinese, fonts for both"


CHECKS = (
    Check("secrets", look_at_secrets),
    Check("web", look_at_web),
    Check("files", look_at_folder),
    Check("database", look_at_database),
    Check("clock", look_at_clock),
    Check("mail", look_at_mail),
    Check("broker", look_at_broker),
    Check("limits", look_at_limits),
    Check("texts", look_at_texts),
)
