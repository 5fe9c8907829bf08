"""A page of HTML that asks nobody for anything: a template in a frame, with its styles inside it."""

from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mimicgait import __version__

_HERE = "mimicgait.evaluation.report"


def fill(template: str, *, package: str = _HERE, style: str = "", **values: Any) -> str:
    """Fill a template, which has the style, the version and what it is given.

    Args:
        template: in the folder `templates/` of the package; it may extend and import those beside this file.
        package: whose template it is.
        style: name of a style sheet of the package, after that of all reports.
        values: what the template calls by name, `title` among it.
    """
    folders = [PackageLoader(name, "templates") for name in dict.fromkeys((package, _HERE))]
    environment = Environment(
        loader=ChoiceLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sheets = [files(_HERE).joinpath("style.css"), *([files(package).joinpath(style)] if style else [])]
    texts = [sheet.read_text("utf-8") for sheet in sheets]
    own = Markup("\n".join(texts))  # ours: nothing of a user's is in it
    return environment.get_template(template).render(style=own, version=__version__, **values)
