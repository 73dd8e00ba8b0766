"""The blueprint that all of the room's pages hang on."""

from flask import Blueprint

bp = Blueprint("access", "callcenter.access", template_folder="templates")
