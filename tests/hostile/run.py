"""One text of the gallery in a process of its own, under limits of time and memory: prints what it cost as JSON.

`python -m hostile.run NAME [--count N]`, from the folder of the tests.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from hostile.gallery import GALLERY, largest

SECONDS, MEBIBYTES = 10, 512  # for up to a mebibyte of text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=GALLERY)
    parser.add_argument("--count", type=int, help="instead of a mebibyte")
    given = parser.parse_args()
    text = GALLERY[given.name](given.count) if given.count else largest(GALLERY[given.name])
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS + 5, SECONDS + 5))  # the text is made in it, too
    resource.setrlimit(resource.RLIMIT_AS, (MEBIBYTES * 2**20, MEBIBYTES * 2**20))
    print(json.dumps({"size": len(text.encode()), **cost(text)}))


def cost(text: str) -> dict[str, object]:
    """Check a text as `loads` does, render what is wrong, and lay out the table of what is right."""
    from archdsl.analysis.check import check, read
    from archdsl.backends.table import table
    from archdsl.diagnostics import ArchError, Source
    from archdsl.diagnostics.render import render
    from archdsl.limits import Limits

    start = time.process_time()
    checked = check(read(Source("hostile.arch", text), Limits()), {}, Limits())
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
