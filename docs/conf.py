"""How the site is built: `sphinx-build -W -c docs . build/site`, from the root of the repository.

The pages are those of the repository, so that a link that works there works in the site. Specs become pages of their
own, with their text in colours; README.md is the first page.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers import Parser
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "site")]

from console import ConsoleLexer  # noqa: E402

from archdsl.editors.pygments import ArchLexer  # noqa: E402
from archdsl.version import VERSION  # noqa: E402

project = "archdsl"
author = copyright = "archdsl contributors"
version = release = VERSION

extensions = ["myst_parser"]
source_suffix = {".md": "markdown", ".arch": "arch"}
root_doc = "README"
include_patterns = ["*.md", "docs/*.md", "docs/pictures/*.arch", "specs/**", "library/*", "benchmarks/README.md"]
exclude_patterns = [".*", "build", "dist", "tests", "archdsl"]
myst_heading_anchors = 6
suppress_warnings = ["myst.header"]  # pages of the repository may begin with a picture or skip a level

html_theme = "furo"
html_title = f"archdsl {VERSION}"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "colours.Light"
pygments_dark_style = "colours.Dark"
highlight_language = "text"

CONTENTS = """

```{toctree}
:hidden:
:caption: Learn

docs/tutorial
docs/from-pytorch
docs/language
docs/listings
docs/transfer
```

```{toctree}
:hidden:
:caption: Look up

docs/commands
docs/python
docs/layers
docs/errors
docs/library
docs/coverage
docs/cannot
docs/format
docs/json
specs/README
```

```{toctree}
:hidden:
:caption: Work on it

CONTRIBUTING
docs/architecture
docs/mutation
benchmarks/README
CHANGELOG
```
"""


class SpecParser(Parser):
    """A spec as a page: its path, and its text in colours."""

    supported = ("arch",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        path = Path(document["source"]).relative_to(ROOT)
        section = nodes.section(ids=[nodes.make_id(path.stem)])
        text = inputstring.rstrip("\n")
        section += [nodes.title(text=path.name), nodes.literal_block(text, text, language="arch")]
        document += section


class OneTitle(SphinxTransform):
    """Parts that stand beside the title of a page come below it, so that the contents list the page once."""

    default_priority = 400

    def apply(self, **kwargs: object) -> None:
        first, *others = [part for part in self.document.children if isinstance(part, nodes.section)] or [None]
        for part in others:
            self.document.remove(part)
            first.append(part)


def add_contents(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the contents of the site behind the first page, which has none on GitHub."""
    if docname == root_doc:
        source[0] += CONTENTS


def stand_alone(app: Sphinx, docname: str, source: list[str]) -> None:
    """Specs are in no table of contents; their list links them."""
    if (ROOT / f"{docname}.arch").exists():
        app.env.metadata[docname]["orphan"] = True


def make_index(app: Sphinx, failure: Exception | None) -> None:
    """The first page under the name that servers look for."""
    if failure is None and app.builder.format == "html":
        shutil.copy(Path(app.outdir) / f"{root_doc}.html", Path(app.outdir) / "index.html")


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_source_parser(SpecParser)
    app.add_transform(OneTitle)
    app.add_lexer("arch", ArchLexer)
    app.add_lexer("console", ConsoleLexer)
    app.connect("source-read", add_contents)
    app.connect("source-read", stand_alone)
    app.connect("build-finished", make_index)
