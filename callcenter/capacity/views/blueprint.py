"""The blueprint that the pages of this room hang on."""

from flask import Blueprint

bp = Blueprint("capacity", "callcenter.capacity", template_folder="templates")
