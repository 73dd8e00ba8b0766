"""The blueprint that all of the room's pages hang on."""

from flask import Blueprint

bp = Blueprint("people", "callcenter.people", template_folder="templates")
