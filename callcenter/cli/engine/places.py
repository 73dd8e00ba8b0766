"""Where a command writes, looked at before it begins to calculate."""

import os
from pathlib import Path
from typing import Any

import click


class OutputPath(click.Path):
    """A file that can be written, or ``-`` for the terminal."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, allow_dash=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """The path as it was given; refuses what cannot be written."""
        found = super().convert(value, param, ctx)
        folder = Path(str(value)).parent
        if value != "-" and not (folder.is_dir() and os.access(folder, os.W_OK)):
            self.fail(f"there is no folder {folder} to write in", param, ctx)
        return found
