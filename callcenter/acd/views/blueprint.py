"""The blueprint that this room's pages share."""

from flask import Blueprint

bp = Blueprint("acd", __name__, template_folder="../templates")
