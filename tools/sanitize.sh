#!/usr/bin/env bash
# Run the kernel tests on a build with the address and undefined-behaviour sanitizers.
# The build stands in a folder of its own, so that the release build is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$work"
cd "$work"
CLASSICNLP_BUILD=sanitize "$root/.venv/bin/python" setup.py -q build_ext --inplace -j2 >/dev/null
libraries="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so) $(gcc -print-file-name=libstdc++.so)"
export ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export PYTHONMALLOC=malloc PYTHONPATH="$work" LD_PRELOAD="$libraries" HYPOTHESIS_PROFILE=short
"$root/.venv/bin/python" -c 'import classicnlp, os; assert classicnlp.__file__.startswith(os.environ["PYTHONPATH"])'
"$root/.venv/bin/python" -m pytest -q -m "not slow" -p no:cacheprovider tests \
  --ignore tests/test_cli.py --ignore tests/test_packaging.py "$@"
