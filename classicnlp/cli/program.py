"""The program: its subcommands, and how it ends."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence

from classicnlp.cli import (
    classify_predict,
    classify_train,
    embed_analogy,
    embed_convert,
    embed_evaluate,
    embed_plot,
    embed_similar,
    embed_train,
    evaluate_ner,
    evaluate_segment,
    evaluate_tag,
    explain,
    info,
    keywords,
    lm_count,
    lm_generate,
    lm_perplexity,
    lm_score,
    lm_train,
    ner,
    newwords,
    segment,
    summarize,
    tag,
    train_ner,
    train_segmenter,
    train_tagger,
    vectorize,
)
from classicnlp.cli.options import Subparsers, UsageError, add_group, add_version

OK = 0
DATA_ERROR = 1
USAGE_ERROR = 2
INTERRUPTED = 130

DESCRIPTION = (
    "Classical Chinese NLP: segmentation and tagging, names, keywords, training, evaluation."
)
EPILOG = """\
examples:
  classicnlp segment < input.txt > words.txt
  classicnlp tag --json input.txt.gz -o tokens.jsonl
  classicnlp ner --model names.model input.txt
  classicnlp newwords --top 100 input.txt
  classicnlp keywords --k 5 input.txt
  classicnlp summarize article.txt
  classicnlp explain 他说的话是对的 --want 的话
  classicnlp train segmenter --train words.txt --dev-fraction 0.1 --out my.model
  classicnlp train ner --train names.jsonl --format jsonl --out names.model
  classicnlp evaluate segment --gold words.txt --model my.model
  classicnlp lm count --order 2 --top 20 input.txt
  classicnlp lm train --order 3 words.txt --out words.lm
  classicnlp embed train words.txt --out words.vectors
  echo 北京 | classicnlp embed similar --vectors words.vectors
  classicnlp vectorize reviews.txt -o reviews.npz
  classicnlp classify train --train titles.tsv --out titles.model

Files are UTF-8 (.gz, .xz and .bz2 are decompressed); a line in gives a line out.
exit status: 0 all well, 1 data that cannot be used, 2 wrong usage, 130 interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the program's name; by default those of the process.

    Returns
    -------
    int
        0 all well, 1 data that cannot be used, 2 wrong usage, 130 interrupted.

    Examples
    --------
    >>> main(["segment", "--workers", "many"])
    2
    """
    if sys.stdout is None:
        print("classicnlp: standard output is closed", file=sys.stderr)
        return DATA_ERROR
    try:
        arguments = build_parser().parse_args(argv)
    except SystemExit as stop:
        # argparse has said what it had to say: help, version, or what was wrong.
        return stop.code if isinstance(stop.code, int) else USAGE_ERROR
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence_standard_output()
    except UsageError as error:
        return _fail(str(error), USAGE_ERROR)
    except KeyboardInterrupt as stop:
        return _fail(str(stop) or "interrupted", INTERRUPTED)
    except OSError as error:
        return _fail(_system_message(error), DATA_ERROR)
    except ValueError as error:
        # CorpusError, ModelError, and what the library says of input that it cannot use.
        return _fail(str(error), DATA_ERROR)
    return OK


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line.

    Returns
    -------
    argparse.ArgumentParser
        A parser whose result holds the function to call as ``run``.

    Examples
    --------
    >>> build_parser().parse_args(["segment", "--delimiter", "/"]).delimiter
    '/'
    """
    parser = argparse.ArgumentParser(
        prog="classicnlp",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_version(parser)
    commands: Subparsers = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    segment.add(commands)
    tag.add(commands)
    ner.add(commands)
    newwords.add(commands)
    explain.add(commands)
    keywords.add(commands)
    summarize.add(commands)
    train = add_group(commands, "train", "train a model on your own data")
    train_segmenter.add(train)
    train_tagger.add(train)
    train_ner.add(train)
    evaluate = add_group(commands, "evaluate", "measure a model against gold data")
    evaluate_segment.add(evaluate)
    evaluate_tag.add(evaluate)
    evaluate_ner.add(evaluate)
    lm = add_group(commands, "lm", "count n-grams, train and ask language models")
    lm_count.add(lm)
    lm_train.add(lm)
    lm_score.add(lm)
    lm_perplexity.add(lm)
    lm_generate.add(lm)
    embed = add_group(commands, "embed", "learn, ask, measure and convert word vectors")
    embed_train.add(embed)
    embed_similar.add(embed)
    embed_analogy.add(embed)
    embed_evaluate.add(embed)
    embed_convert.add(embed)
    embed_plot.add(embed)
    vectorize.add(commands)
    classify = add_group(commands, "classify", "learn and tell the class of documents")
    classify_train.add(classify)
    classify_predict.add(classify)
    info.add(commands)
    return parser


def _fail(message: str, status: int) -> int:
    """Print one line on standard error and return the status."""
    line = " ".join(message.splitlines())
    try:
        # What is still in the buffer belongs before the message.
        sys.stdout.flush()
    except OSError:
        _silence_standard_output()
    print(f"classicnlp: {line}", file=sys.stderr)
    return status


def _system_message(error: OSError) -> str:
    """Say what the system said, the file first."""
    if error.strerror is None:
        return str(error)
    if error.filename is None:
        return error.strerror
    return f"{os.fsdecode(error.filename)}: {error.strerror}"


def _silence_standard_output() -> None:
    """Send what is left to nowhere, so that the interpreter's last flush raises nothing."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
