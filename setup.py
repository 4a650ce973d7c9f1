"""Build the Cython kernels; all metadata stands in pyproject.toml.

CLASSICNLP_BUILD chooses the kind of build:

release   optimised, no run-time checks in the kernels (the default)
debug     bounds errors raise IndexError with the .pyx line; annotated HTML under build/debug
trace     line tracing for coverage of .pyx files (needs the ctrace core of coverage)
sanitize  address and undefined-behaviour sanitizers, bounds checks on (see tools/sanitize.sh)
"""

import os
from pathlib import Path

from Cython.Build import cythonize
from Cython.Compiler import Options
from setuptools import Extension, setup

MODE = os.environ.get("CLASSICNLP_BUILD", "release")
FLAGS = {
    "release": ["-O3", "-g0"],
    "debug": ["-O1", "-g"],
    "trace": ["-O1", "-g0"],
    "sanitize": ["-O1", "-g", "-fsanitize=address,undefined", "-fno-omit-frame-pointer"],
}
if MODE not in FLAGS:
    raise SystemExit(f"CLASSICNLP_BUILD must be one of {', '.join(FLAGS)}; got {MODE!r}")

CHECKED = MODE != "release"
SHARED_UTILITY = "classicnlp._ext._cyutility"
Options.warning_errors = True

directives = {
    "language_level": 3,
    "freethreading_compatible": True,
    "wraparound": False,
    "cdivision": True,
    "autotestdict": False,
    "boundscheck": CHECKED,
    "initializedcheck": CHECKED,
    "linetrace": MODE == "trace",
    "warn.unused": True,
    "warn.maybe_uninitialized": True,
}
macros = []
if MODE == "trace":
    macros = [
        ("CYTHON_TRACE", "1"),
        ("CYTHON_TRACE_NOGIL", "1"),
        ("CYTHON_USE_SYS_MONITORING", "0"),
    ]

# -ffp-contract=off: a fused multiply-add rounds once where the plain loop rounds twice, and
# results must be the same bytes on every machine.
common = {
    "extra_compile_args": [*FLAGS[MODE], "-ffp-contract=off"],
    "extra_link_args": [flag for flag in FLAGS[MODE] if flag.startswith("-fsanitize")],
    "define_macros": macros,
    "include_dirs": ["classicnlp/_ext"],
    "depends": sorted(map(str, Path("classicnlp/_ext").glob("*.h"))),
}
sources = sorted(Path("classicnlp/_ext").glob("*.pyx"))
extensions = [Extension(f"classicnlp._ext.{path.stem}", [str(path)], **common) for path in sources]
# Training of word vectors promises the same bytes on processors of one vector width only: it may
# fuse multiplications and additions, of which nearly all of its work consists.
for extension in extensions:
    if extension.name.rpartition(".")[2] in {"word2vec", "glove"}:
        extension.extra_compile_args = [*common["extra_compile_args"], "-ffp-contract=fast"]
extensions.append(Extension(SHARED_UTILITY, ["classicnlp/_ext/_cyutility.c"], **common))

setup(
    ext_modules=cythonize(
        extensions,
        shared_utility_qualified_name=SHARED_UTILITY,
        build_dir=None if MODE == "trace" else f"build/{MODE}",
        annotate=MODE == "debug",
        force=CHECKED,
        compiler_directives=directives,
    )
)
