"""What the pages share; the only folder that imports Streamlit."""

from gancore.studies.commands import settings_of as as_query
from gancore.ui.form import Form, config_form, url_checks
from gancore.ui.frame import link, setup
from gancore.ui.show import show
from gancore.ui.text import count, duration, escaped, number, percent

__all__ = [
    "Form",
    "as_query",
    "config_form",
    "count",
    "duration",
    "escaped",
    "link",
    "number",
    "percent",
    "setup",
    "show",
    "url_checks",
]
