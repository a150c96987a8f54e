"""One text of the gallery in a process of its own, under limits of time and memory: prints what it cost as JSON.

`python -m hostile.run NAME [--count N] [--layout]`, from the folder of the tests; NAME is a spec or a listing.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from hostile.gallery import GALLERY, largest
from hostile.listings import LISTINGS

SECONDS, MEBIBYTES = 10, 512  # for up to a mebibyte of text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=[*GALLERY, *(f"listing:{name}" for name in LISTINGS)])
    parser.add_argument("--count", type=int, help="instead of a mebibyte")
    parser.add_argument("--layout", action="store_true", help="lay it out, instead of a check")
    given = parser.parse_args()
    kind, _, name = given.name.rpartition(":")
    maker = (LISTINGS if kind else GALLERY)[name]
    text = maker(given.count) if given.count else largest(maker)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))  # the text is made in it, too
    resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
    found = layout(text) if given.layout else cost(text, f"hostile.{'txt' if kind else 'arch'}")
    print(json.dumps({"size": len(text.encode()), **found}))


def layout(text: str) -> dict[str, object]:
    """Lay a text out as `fmt` does."""
    from archdsl.diagnostics import Source
    from archdsl.layers import REGISTRY
    from archdsl.limits import Limits
    from archdsl.syntax.format.format import formatted

    start = time.process_time()
    found = formatted(Source("hostile.arch", text), REGISTRY, Limits())
    return {
        "seconds": round(time.process_time() - start, 2),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "codes": sorted({diagnostic.code for diagnostic in found.diagnostics}),
    }


def cost(text: str, name: str) -> dict[str, object]:
    """Check a text as `loads` does, render what is wrong, and lay out the table of what is right."""
    from archdsl.checker.check import check
    from archdsl.diagnostics import ArchError, Source
    from archdsl.diagnostics.render import render
    from archdsl.limits import Limits
    from archdsl.reading.reading import read
    from archdsl.reports.table import table

    start = time.process_time()
    checked = check(read(Source(name, text), Limits()), {}, Limits())
    shown = sum(len(render(diagnostic)) for diagnostic in checked.diagnostics[: Limits().diagnostics])
    try:
        shown += len(table(checked))
    except ArchError as error:
        shown += len(str(error))
    return {
        "seconds": round(time.process_time() - start, 2),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "visits": checked.visits,
        "codes": sorted({diagnostic.code for diagnostic in checked.diagnostics}),
        "diagnostics": len(checked.diagnostics),
        "shown": shown,
    }


if __name__ == "__main__":
    main()
