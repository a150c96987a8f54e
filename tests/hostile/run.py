"""One text of the gallery in a process of its own, under limits of time and memory: prints what it cost as JSON.

`python -m hostile.run NAME SECONDS MEBIBYTES [--count N]`, from the folder of the tests.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from hostile.gallery import GALLERY, largest


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=GALLERY)
    parser.add_argument("seconds", type=int)
    parser.add_argument("mebibytes", type=int)
    parser.add_argument("--count", type=int, help="instead of a mebibyte")
    given = parser.parse_args()
    text = GALLERY[given.name](given.count) if given.count else largest(GALLERY[given.name])
    resource.setrlimit(resource.RLIMIT_CPU, (given.seconds + 2, given.seconds + 4))
    resource.setrlimit(resource.RLIMIT_AS, (given.mebibytes * 2**20, given.mebibytes * 2**20))
    print(json.dumps({"size": len(text.encode()), **cost(text)}))


def cost(text: str) -> dict[str, object]:
    """Check a text as `loads` does, render what is wrong, and lay out the table of what is right."""
    from archdsl.analysis.check import check, read
    from archdsl.backends.table import table
    from archdsl.diagnostics import ArchError, Source
    from archdsl.diagnostics.render import render
    from archdsl.limits import Limits

    start = time.perf_counter()
    checked = check(read(Source("hostile.arch", text), Limits()), {}, Limits())
    shown = sum(len(render(diagnostic)) for diagnostic in checked.diagnostics[: Limits().diagnostics])
    try:
        shown += len(table(checked))
    except ArchError as error:
        shown += len(str(error))
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "visits": checked.visits,
        "codes": sorted({diagnostic.code for diagnostic in checked.diagnostics}),
        "diagnostics": len(checked.diagnostics),
        "shown": shown,
    }


if __name__ == "__main__":
    main()
