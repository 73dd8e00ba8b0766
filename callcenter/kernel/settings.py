"""The settings of the running application, and the folders it may write to."""

from pathlib import Path

from flask import current_app

from callcenter.config import Config


def settings() -> Config:
    """What this installation was configured with."""
    config: Config = current_app.extensions["config"]
    return config


def folder(*names: str) -> Path:
    """A folder below the installation's own, made when it is not there yet."""
    path = settings().var.joinpath(*names)
    path.mkdir(parents=True, exist_ok=True)
    return path
