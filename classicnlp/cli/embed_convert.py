"""``classicnlp embed convert``: vectors from one format to another."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli.embed_options import FORMATS, OWN_FORMAT, add_reading, open_vectors
from classicnlp.cli.options import Subparsers, add_command, add_quiet
from classicnlp.cli.training import check_folder, say

EPILOG = """\
Our own format is mapped into memory when it is opened: milliseconds, whatever its size, and one
copy for all processes.

examples:
  classicnlp embed convert sgns.merge.word.bz2 words.vectors
  classicnlp embed convert vectors.bin words.vectors --half --limit 200000
  classicnlp embed convert words.vectors vectors.txt.gz --to word2vec --blank _
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "convert", run, "convert files of vectors", EPILOG)
    parser.add_argument("source", metavar="IN", help="the file to read (also .gz, .xz, .bz2)")
    parser.add_argument("target", metavar="OUT", help="the file to write, whole or not at all")
    parser.add_argument(
        "--from",
        dest="source_format",
        choices=FORMATS,
        help="what IN is; by default its beginning tells",
    )
    parser.add_argument(
        "--to",
        dest="target_format",
        choices=(OWN_FORMAT, *FORMATS),
        default=OWN_FORMAT,
        help="what OUT is to be; default: %(default)s",
    )
    parser.add_argument(
        "--half", action="store_true", help="keep numbers in half precision, in half the room"
    )
    parser.add_argument(
        "--blank",
        metavar="TEXT",
        help="what to write for white space in words, such as _, where it would end them",
    )
    add_reading(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Read and write."""
    check_folder(arguments.target)
    vectors = open_vectors(arguments, arguments.source, arguments.source_format)
    if arguments.half:
        vectors = vectors.astype("float16")
    if arguments.target_format == OWN_FORMAT:
        vectors.save(arguments.target)
    else:
        vectors.to_file(arguments.target, arguments.target_format, blank=arguments.blank)
    say(
        arguments,
        f"saved {arguments.target}: {len(vectors):,} words, {vectors.dimensions} dimensions",
    )
