"""``classicnlp tag``: text in, words with their parts of speech out; or tokens in, labels out."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli import resources
from classicnlp.cli.labelling import (
    add_probabilities,
    by_words,
    label_blocks,
    label_lines,
    labelling_model,
)
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_delimiters,
    add_input_output,
    add_model,
    add_quiet,
    add_separator,
    user_files,
)
from classicnlp.cli.render import tokens_json, tokens_line
from classicnlp.cli.streams import answer_lines
from classicnlp.errors import ModelError
from classicnlp.tagging.universal import TAGSETS, names_in

FORMATS = ("text", "words", "characters", "columns", "crfsuite")
LINES = ("words", "characters")

EPILOG = """\
A line in gives a line out. With white space as the delimiter, words that are nothing but spaces and
tabs are left out, so that 'evaluate tag --format slash' can read the output; --json keeps them.

A model of 'train tagger' without segmenter labels tokens: say with --format where they are. Columns
come back with the label behind them; the model looks at as many as it was trained on, so that a
gold label may stand there too. With --n-best each answer is a line (probability, tab, tokens), a
blank line behind the last; in columns, as CRF++ has it, '# number probability' above each.

examples:
  echo 我来到北京清华大学 | classicnlp tag
  classicnlp tag --tag-delimiter _ input.txt -o tagged.txt
  classicnlp tag --tagset universal input.txt
  classicnlp tag --json --workers 2 < input.txt > tokens.jsonl
  echo 我 来到 北京 | classicnlp tag --pretokenized --model crf.model --marginals
  classicnlp tag --format columns --model chunks.model test.data > labelled.data
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "cut text into words and tag their parts of speech, or label given tokens"
    parser = add_command(commands, "tag", run, summary, EPILOG)
    add_input_output(parser)
    add_model(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="text: to be cut into words; words: separated by spaces or tabs; characters: each is "
        "a token; columns: a token a line, blank lines between sentences; crfsuite: a label, which "
        "is not looked at, and attributes a line; default: %(default)s",
    )
    form.add_argument(
        "--pretokenized",
        action="store_const",
        const="words",
        dest="format",
        help="the same as --format words",
    )
    add_separator(parser)
    add_probabilities(parser)
    parser.add_argument(
        "--tagset",
        choices=TAGSETS,
        default=TAGSETS[0],
        help="own: the model's tags; universal: the universal parts of speech of those of the "
        "People's Daily; default: %(default)s",
    )
    add_delimiters(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Tag the input files."""
    labeller = resources.open_labeller(arguments.model, user_files(arguments))
    if arguments.format == "text":
        if labeller is not None:
            raise ModelError(
                f"{arguments.model}: the model labels tokens and cuts no text: say with "
                f"--format which tokens ({', '.join(FORMATS[1:])})"
            )
        tag_text(arguments)
        return
    if labeller is not None:
        if arguments.tagset != TAGSETS[0]:
            raise UsageError("--tagset goes with a model that has a segmenter and a tagger")
        model = labelling_model(labeller, arguments)
    else:
        pipeline = resources.open_tagging_pipeline(arguments.model, user_files(arguments))

        def tags_of(words: list[str]) -> list[str]:
            return list(names_in(arguments.tagset, pipeline.tag_words(words)))

        model = by_words(tags_of, arguments)
    if arguments.format in LINES:
        label_lines(arguments, model)
    else:
        label_blocks(arguments, model)


def tag_text(arguments: Namespace) -> None:
    """Cut text into words and tag them."""
    if arguments.marginals or arguments.n_best or arguments.separator:
        raise UsageError("--marginals, --n-best and --separator go with --format words or columns")
    pipeline = resources.open_tagging_pipeline(arguments.model, user_files(arguments))

    def answer(texts: list[str]) -> list[str]:
        tagged = pipeline.tag_batch(texts, workers=arguments.workers, tagset=arguments.tagset)
        if arguments.json:
            return list(map(tokens_json, texts, tagged))
        between, inside = arguments.delimiter, arguments.tag_delimiter
        return [tokens_line(tokens, between, inside) for tokens in tagged]

    answer_lines(arguments, answer)
