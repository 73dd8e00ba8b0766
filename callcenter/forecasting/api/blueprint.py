"""The blueprint that this room's addresses for programs hang on."""

from flask import Blueprint

from callcenter.web.extensions import csrf

api_bp = Blueprint("forecasting_api", __name__, url_prefix="/api/v1/forecasting")
csrf.exempt(api_bp)
