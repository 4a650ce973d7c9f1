"""``classicnlp embed plot``: a picture of words."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli.embed_options import add_vectors, open_vectors
from classicnlp.cli.options import Subparsers, add_command, add_files, add_quiet, positive
from classicnlp.cli.training import check_folder, say
from classicnlp.corpus import read_lines
from classicnlp.errors import ModelError

EPILOG = """\
Words lie near each other where the two directions in which their vectors differ most are alike. A
picture needs matplotlib: pip install 'classicnlp[plot]'.

examples:
  classicnlp embed plot --vectors words.vectors words.txt -o words.png
  echo 北京 上海 苹果 香蕉 | classicnlp embed plot --vectors words.vectors -o words.svg --groups 2
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "plot", run, "draw words as points in a plane", EPILOG)
    add_files(parser, "words between spaces")
    add_vectors(parser)
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="the picture: .png, .svg or .pdf"
    )
    parser.add_argument(
        "--font", metavar="FILE-OR-NAME", help="a font that has the characters of the words"
    )
    parser.add_argument(
        "--groups", type=positive, metavar="K", help="colour K groups of similar words"
    )
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Draw and save."""
    check_folder(arguments.output)
    vectors = open_vectors(arguments, arguments.vectors)
    lines = (line for path in arguments.files for line in read_lines(path))
    words = list(dict.fromkeys(word for line in lines for word in line.split()))
    try:
        groups = None
        if arguments.groups is not None:
            groups = vectors.cluster(arguments.groups, words).labels.tolist()
        vectors.plot(words, arguments.output, arguments.font, groups)
    except (KeyError, ImportError) as error:
        raise ModelError(str(error)) from None
    say(arguments, f"saved {arguments.output}")
