"""`python -m benchmarks [--json] [GROUP ...]`: measures and prints."""

import argparse
import sys

from benchmarks import browser, exactness, explore, generation, jobs, journeys, previews, recording, replay, scrubber
from benchmarks.figure import machine, report

GROUPS = {
    "jobs": jobs.measure,
    "previews": previews.measure,
    "recording": recording.measure,
    "replay": replay.measure,
    "browser": browser.measure,
    "scrubber": scrubber.measure,
    "explore": explore.measure,
    "journeys": journeys.measure,
    "generation": generation.measure,
    "exactness": exactness.measure,
}


def main() -> int:
    """Measures the groups that are named, or all."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    where = machine()
    figures = [figure for name in options.groups or GROUPS for figure in GROUPS[name]()]
    print(report(where, figures, as_json=options.json))
    return 0


if __name__ == "__main__":
    sys.exit(main())
