"""The blueprint that the pages of this room hang on."""

from flask import Blueprint

bp = Blueprint(
    "recruiting",
    "callcenter.recruiting",
    template_folder="templates",
    url_prefix="/recruiting",
)
