#!/usr/bin/env bash
# Build sdist and wheel; install each in a fresh environment and use it from another folder.
# Tries every Python of 3.11, 3.12 and 3.13 that is at hand.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m build --outdir "$work/dist" . >"$work/log" 2>&1 || { tail -20 "$work/log" >&2; exit 1; }
program='import classicnlp as cn; assert "".join(cn.segment("我爱北京。")) == "我爱北京。"; print(cn.__version__, cn.segment("我爱北京。"))'
check() {  # python, what to install
  "$1" -m venv "$work/venv"
  "$work/venv/bin/python" -m pip install -q "$2" 2>>"$work/log" || { tail -20 "$work/log" >&2; exit 1; }
  (cd "$work" && "$work/venv/bin/python" -W error -c "$program" && echo "我来到北京" | "$work/venv/bin/classicnlp" tag)
  rm -rf "$work/venv"
}
! unzip -l "$work"/dist/*.whl | grep -E '\.(pyx|pxd|c)$' || { echo "the wheel holds sources" >&2; exit 1; }
find_python() {  # version; a shim that leads nowhere does not count
  for python in "$HOME"/.pyenv/versions/"$1".*/bin/python "python$1"; do
    if "$python" -c '' 2>/dev/null; then echo "$python"; return; fi
  done
}
for version in 3.11 3.12 3.13; do
  python=$(find_python "$version")
  if [ -z "$python" ]; then
    echo "Python $version: not at hand, skipped"
    continue
  fi
  echo "Python $version:"
  check "$python" "$work"/dist/*.tar.gz
done
echo "wheel:"
check .venv/bin/python "$work"/dist/*.whl
