"""The peers' half of `bench_newwords.py`, in the peers' environment.

    python peer_newwords.py FILE

For each line on standard input, a budget in seconds, it lets Jiagu find the new words of the file
and prints a list of run times; at the end its peak of memory in bytes.
"""

from __future__ import annotations

import json
import os
import sys

from peer_ngram import peak
from timing import run_round


def main() -> None:
    from jiagu.findword import new_word_find

    path = sys.argv[1]
    print(json.dumps(0), flush=True)
    for line in sys.stdin:
        seconds = run_round(lambda: new_word_find(path, os.devnull), float(line))
        print(json.dumps(seconds), flush=True)
    print(json.dumps(peak()), flush=True)


if __name__ == "__main__":
    main()
