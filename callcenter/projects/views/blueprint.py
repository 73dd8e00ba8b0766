"""The blueprint that the pages of this room hang on."""

from flask import Blueprint

bp = Blueprint("projects", "callcenter.projects", template_folder="templates")
