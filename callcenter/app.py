"""The application factory: settings, extensions, then the rooms from the bottom up."""

from importlib import import_module
from typing import Any

from flask import Flask, has_request_context, request, session
from werkzeug.middleware.proxy_fix import ProxyFix

from callcenter.config import LANGUAGES, Config
from callcenter.kernel.actor import current_actor
from callcenter.kernel.db import database_url, engine_options
from callcenter.web.extensions import babel, csrf, limiter

ROOMS = (
    "access",
    "workflow",
    "people",
    "projects",
    "acd",
    "forecasting",
    "capacity",
    "recruiting",
    "scheduling",
    "home",
)


def create_app(config: Config | None = None) -> Flask:
    """A ready application for those settings, or for those of the environment.

    Raises `ConfigError` when a setting is missing or unusable.
    """
    config = config or Config.from_environ()
    app = Flask(
        "callcenter", static_folder="web/static", template_folder="web/templates"
    )
    app.config.from_mapping(flask_settings(config))
    app.config["TESTING"] = config.environment == "testing"
    app.extensions["config"] = config
    if config.n_proxies:
        n = config.n_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, n, n, n, n, n)  # type: ignore[method-assign]
    _init_kernel(app, config)
    _init_web(app, config)
    for room in ROOMS:
        import_module(f"callcenter.{room}").init_app(app)
    return app


def flask_settings(config: Config) -> dict[str, Any]:
    """The settings, under the names that Flask and its extensions read."""
    url = database_url(config.database_url)
    return {
        "SECRET_KEY": config.secret_key,
        "DATA_KEYS": config.data_keys,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(url),
        "SESSION_COOKIE_NAME": "callcenter",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # How long a session lasts is decided where it is stored, not by its cookie.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": config.max_upload_mb * 1024 * 1024,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_STORAGE_URI": config.rate_limit_storage,
        "RATELIMIT_HEADERS_ENABLED": True,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": config.is_https,
        "TEMPLATES_AUTO_RELOAD": config.environment == "development",
    }


def _init_kernel(app: Flask, config: Config) -> None:
    from callcenter.kernel import db as kernel_db
    from callcenter.kernel import jobs, log, measure

    log.configure(config.log_level, as_json=config.is_production)
    config.var.mkdir(parents=True, exist_ok=True)
    kernel_db.init_app(app)
    measure.init_app(app, slow_query_ms=config.slow_query_ms)
    jobs.init_app(app, broker_url=config.broker_url, lease_s=config.job_lease_s)


def _init_web(app: Flask, config: Config) -> None:
    from callcenter.web import (
        assets,
        errors,
        filters,
        headers,
        health,
        home_page,
        icons,
        navigation,
        pages,
        preferences,
        search,
        showcase,
        texts,
    )

    health.init_app(app)
    babel.init_app(
        app,
        default_translation_directories="translations",
        locale_selector=select_locale,
        timezone_selector=lambda: current_actor().zone,
    )
    csrf.init_app(app)
    limiter.init_app(app)
    errors.init_app(app)
    headers.init_app(app, is_https=config.is_https)
    navigation.init_app(app)
    app.context_processor(
        lambda: {
            "actor": current_actor(),
            "csp_nonce": pages.csp_nonce,
            "languages": LANGUAGES,
        }
    )
    for module in (
        texts,
        filters,
        assets,
        icons,
        preferences,
        search,
        home_page,
        showcase,
    ):
        module.init_app(app)


def select_locale() -> str:
    """The reader's own choice, else this browser's choice, else its preference."""
    chosen = current_actor().locale
    if not has_request_context():
        return chosen if chosen in LANGUAGES else "en"
    chosen = chosen or session.get("locale")
    if chosen in LANGUAGES:
        return str(chosen)
    offered = [language.replace("_", "-") for language in LANGUAGES]
    best = request.accept_languages.best_match([*offered, "zh"], default="en")
    return "zh_CN" if best in {"zh", "zh-CN"} else "en"
