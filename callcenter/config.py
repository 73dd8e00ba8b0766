"""Settings, read from the environment once and never changed afterwards."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LANGUAGES = ("en", "zh_CN")


class ConfigError(ValueError):
    """A setting is missing or unusable; the message names it and the way out."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs from one installation to another."""

    environment: str
    var: Path
    database_url: str
    secret_key: str = field(repr=False)
    data_keys: tuple[str, ...] = field(repr=False)
    is_https: bool = False
    n_proxies: int = 0
    public_url: str = ""
    rate_limit_storage: str = "memory://"
    embedded_worker: bool = False
    broker_url: str = field(default="", repr=False)
    job_lease_s: int = 30
    mail_host: str = ""
    mail_port: int = 25
    mail_security: str = "none"
    mail_user: str = ""
    mail_password: str = field(default="", repr=False)
    mail_sender: str = "callcenter@localhost"
    max_upload_mb: int = 512
    metrics_token: str = field(default="", repr=False)
    log_level: str = "INFO"
    slow_query_ms: int = 500

    @property
    def is_production(self) -> bool:
        """Whether real people's data is behind it."""
        return self.environment == "production"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read ``CALLCENTER_*`` and ``DATABASE_URL``.

        Raises `ConfigError` in production when a secret is missing or weak.
        """
        env = _Reader(os.environ if environ is None else environ)
        environment = env.text("ENV", "development")
        if environment not in {"development", "production", "testing"}:
            raise ConfigError(
                "CALLCENTER_ENV is development, production or testing, "
                f"not {environment!r}"
            )
        var = Path(env.text("VAR", "var")).expanduser().resolve()
        secret = _secret(env, environment, var)
        keys = env.text("DATA_KEYS", "")
        return cls(
            environment=environment,
            var=var,
            database_url=env.database_url(f"sqlite:///{var / 'callcenter.db'}"),
            secret_key=secret,
            data_keys=tuple(key for key in keys.split(",") if key) or (secret,),
            is_https=env.flag("HTTPS"),
            n_proxies=env.whole("PROXIES", 0),
            public_url=env.text("PUBLIC_URL", "").rstrip("/"),
            rate_limit_storage=env.text("RATE_LIMIT_STORAGE", "memory://"),
            embedded_worker=env.flag("EMBEDDED_WORKER"),
            broker_url=env.text("BROKER_URL", ""),
            job_lease_s=env.whole("JOB_LEASE_S", 30),
            mail_host=env.text("MAIL_HOST", ""),
            mail_port=env.whole("MAIL_PORT", 25),
            mail_security=env.choice(
                "MAIL_SECURITY", ("none", "starttls", "tls"), "none"
            ),
            mail_user=env.text("MAIL_USER", ""),
            mail_password=env.text("MAIL_PASSWORD", ""),
            mail_sender=env.text("MAIL_SENDER", "callcenter@localhost"),
            max_upload_mb=env.whole("MAX_UPLOAD_MB", 512),
            metrics_token=env.text("METRICS_TOKEN", ""),
            log_level=env.text("LOG_LEVEL", "INFO").upper(),
            slow_query_ms=env.whole("SLOW_QUERY_MS", 500),
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    environ: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.environ.get(f"CALLCENTER_{name}", default)

    def database_url(self, default: str) -> str:
        return self.text("DATABASE_URL", self.environ.get("DATABASE_URL", default))

    def flag(self, name: str) -> bool:
        return self.text(name, "").lower() in {"1", "true", "yes", "on"}

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.text(name, default).lower()
        if value not in choices:
            raise ConfigError(f"CALLCENTER_{name} is one of {', '.join(choices)}")
        return value

    def whole(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        try:
            return int(value)
        except ValueError:
            raise ConfigError(
                f"CALLCENTER_{name} is a whole number, not {value!r}"
            ) from None


def _secret(env: _Reader, environment: str, var: Path) -> str:
    given = env.text("SECRET_KEY", "")
    if given and (len(given) >= 32 or environment != "production"):
        return given
    if environment == "production":
        raise ConfigError(
            "CALLCENTER_SECRET_KEY must be set to at least 32 random characters in "
            "production; make one with: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return given or _remembered_secret(var / "secret_key")


def _remembered_secret(path: Path) -> str:
    """The random secret of this development installation, made at first use.

    It appears whole, so that of processes that start together all take the same one.
    """
    try:
        if not path.exists() or not path.stat().st_size:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            fresh = path.with_name(f"{path.name}.{os.getpid()}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
            with suppress(FileExistsError):
                os.link(fresh, path)
            fresh.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"CALLCENTER_VAR cannot be used: {error}") from error
