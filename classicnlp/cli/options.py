"""The options that several subcommands share, and the types of their values."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    Subparsers: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = Any

Run: TypeAlias = Callable[[argparse.Namespace], None]

DEFAULT_MODEL = "pku"
MODES = ("accurate", "dictionary", "maxmatch")
POLICIES = ("prefer", "force")
SEPARATOR_HELP = r"what separates columns, such as \t; default: runs of spaces and tabs"
UTF8_FILES = "UTF-8; .gz, .xz and .bz2 are decompressed"


class UsageError(Exception):
    """Options that do not go together; the program ends as for an unknown option."""


def add_command(
    commands: Subparsers, name: str, run: Run, summary: str, epilog: str
) -> argparse.ArgumentParser:
    """Add a subcommand that ``run`` carries out."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run)
    return parser


def add_group(commands: Subparsers, name: str, summary: str) -> Subparsers:
    """Add a subcommand that only holds others."""
    description = summary[0].upper() + summary[1:] + "."
    parser = commands.add_parser(name, help=summary, description=description, allow_abbrev=False)
    return parser.add_subparsers(title="kinds", metavar="KIND", dest="kind", required=True)


def add_files(
    parser: argparse.ArgumentParser, what: str = "text to read", name: str = "files"
) -> None:
    """Add the files that are read; ``what`` they are, and the argument's name."""
    parser.add_argument(
        name,
        nargs="*",
        default=["-"],
        metavar="FILE",
        help=f"{what} ({UTF8_FILES}); '-' or no file: standard input",
    )


def add_output(parser: argparse.ArgumentParser) -> None:
    """Add the file that is written."""
    parser.add_argument(
        "-o",
        "--output",
        default="-",
        metavar="FILE",
        help="where to write, whole or not at all; default: standard output",
    )


def add_input_output(
    parser: argparse.ArgumentParser, more: str = "the offsets of every token, in characters"
) -> None:
    """Add the files that are read line by line and the file that is written."""
    add_files(parser)
    add_output(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help=f"write JSON Lines with {more}",
    )


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the model, the user's words and the number of threads."""
    add_words(parser)
    add_workers(parser)


def add_words(parser: argparse.ArgumentParser) -> None:
    """Add the model and the user's words."""
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar="NAME-OR-PATH",
        help="an embedded model (see 'classicnlp info --list') or a file; default: %(default)s",
    )
    parser.add_argument(
        "--user-words",
        "--words-file",
        metavar="FILE",
        help="words to know besides the model's: lines 'word [count] [tag]'",
    )
    parser.add_argument(
        "--policy",
        choices=POLICIES,
        default=POLICIES[0],
        help="prefer: a user's word comes out unless the sentence speaks strongly against it; "
        "force: wherever it occurs; default: %(default)s",
    )
    parser.add_argument(
        "--forbid",
        metavar="FILE",
        help="words that are never to come out, in lines as those of --user-words",
    )


class UserFiles(NamedTuple):
    """Where a user's words stand, and how they are meant."""

    words: str | None
    policy: str
    forbidden: str | None


def user_files(arguments: argparse.Namespace) -> UserFiles | None:
    """Return what the options of `add_words` say; None if they name no words."""
    if arguments.user_words is None and arguments.forbid is None:
        return None
    return UserFiles(arguments.user_words, arguments.policy, arguments.forbid)


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the number of threads."""
    parser.add_argument(
        "--workers",
        type=positive,
        default=1,
        metavar="N",
        help="threads; the result is the same with any number; default: %(default)s",
    )


def add_delimiters(parser: argparse.ArgumentParser) -> None:
    """Add what stands between the words of a line, and between a word and its tag."""
    parser.add_argument(
        "--delimiter",
        type=delimiter,
        default=" ",
        metavar="TEXT",
        help="what to write between tokens; default: one space",
    )
    parser.add_argument(
        "--tag-delimiter",
        type=delimiter,
        default="/",
        metavar="TEXT",
        help="what to write between a word and its tag; default: %(default)s",
    )


def add_separator(parser: argparse.ArgumentParser) -> None:
    """Add what separates the columns of a file."""
    parser.add_argument("--separator", type=delimiter, metavar="TEXT", help=SEPARATOR_HELP)


def add_mode(parser: argparse.ArgumentParser) -> None:
    """Add the way of segmenting."""
    parser.add_argument(
        "--mode",
        choices=MODES,
        default=MODES[0],
        help="accurate: the model's character tagger; dictionary: the best path through the words "
        "of its lexicon; maxmatch: longest words, from both ends; default: %(default)s",
    )


def add_quiet(parser: argparse.ArgumentParser) -> None:
    """Add the wish for silence on standard error."""
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add what every kind of training takes."""
    parser.add_argument(
        "--train",
        nargs="+",
        required=True,
        metavar="FILE",
        help=f"what to learn from ({UTF8_FILES})",
    )
    measured = parser.add_mutually_exclusive_group()
    measured.add_argument("--dev", nargs="+", metavar="FILE", help="what to measure on")
    measured.add_argument(
        "--dev-fraction",
        type=fraction,
        metavar="X",
        help="measure on the last X of the sentences (such as 0.1) and do not train on them; "
        "by default nothing is measured and all is learned from",
    )
    parser.add_argument("--out", required=True, metavar="MODEL", help="the model file to write")
    parser.add_argument(
        "--json", action="store_true", help="print the figures on the dev set as JSON"
    )
    add_quiet(parser)


def add_epochs(parser: argparse._ActionsContainer, epochs: int | None, seed: int | None) -> None:
    """Add the number of passes over the data and the seed; None leaves them to the library."""
    parser.add_argument(
        "--epochs",
        type=natural if epochs is None else positive,
        default=epochs,
        metavar="N",
        help="passes over the data" + ("; default: %(default)s" if epochs is not None else ""),
    )
    parser.add_argument(
        "--seed",
        type=natural,
        default=seed,
        metavar="N",
        help="where the order of the sentences comes from; default: 0",
    )


def add_version(parser: argparse.ArgumentParser) -> None:
    """Add ``--version``."""
    parser.add_argument(
        "--version", action=_Version, nargs=0, help="show the program's version and exit"
    )


def positive(text: str) -> int:
    """Return the whole number from 1 on that ``text`` spells."""
    return _whole(text, 1)


def natural(text: str) -> int:
    """Return the whole number from 0 on that ``text`` spells."""
    return _whole(text, 0)


def fraction(text: str) -> float:
    """Return the number between 0 and 1 that ``text`` spells."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"expected a number between 0 and 1, got {text!r}")
    return value


def weight(text: str) -> float:
    """Return the number from 0 on that ``text`` spells."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number from 0 on, got {text!r}")
    return value


def delimiter(text: str) -> str:
    r"""Return what to write between words; ``\t`` may be spelled out."""
    text = text.replace(r"\t", "\t")
    if not text or "\n" in text:
        raise argparse.ArgumentTypeError("expected something to write between words of a line")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"not UTF-8: {text!r}") from None
    return text


def _whole(text: str, least: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if value < least:
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, got {text!r}")
    return value


class _Version(argparse.Action):
    """Print the version; importlib.metadata is loaded only when somebody asks."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("classicnlp")
        except PackageNotFoundError:
            number = "(not installed)"
        print(f"{parser.prog} {number}")
        parser.exit()
