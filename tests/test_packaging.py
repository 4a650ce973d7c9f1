"""The package as a package: types, imports, versions, names, a quiet import."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

import classicnlp
from tests.conftest import ROOT, run_apart

PACKAGE = Path(classicnlp.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
KERNELS = sorted(PACKAGE.rglob("*.pyx"))
ALLOWED = {*sys.stdlib_module_names, "numpy", "scipy", "classicnlp"}


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def top_level_imports(body: list[ast.stmt]) -> Iterator[str]:
    """Yield the packages that are imported when a module is, not when a function is called."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "classicnlp" if node.level else str(node.module).split(".")[0]
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for field in ("body", "orelse", "finalbody", "handlers"):
                inner = getattr(node, field, [])
                yield from top_level_imports(inner)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_the_standard_library_numpy_and_scipy(path: Path) -> None:
    found = set(top_level_imports(ast.parse(path.read_text("utf-8")).body))
    assert found <= ALLOWED


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_a_kernel_imports_nothing_else_either(path: Path) -> None:
    imports = re.findall(r"^(?:cimport|import|from) +(\w+)", path.read_text("utf-8"), re.MULTILINE)
    assert set(imports) <= ALLOWED | {"cpython", "libc", "cython"}


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_every_kernel_has_its_types(path: Path) -> None:
    stub = path.with_suffix(".pyi")
    assert stub.is_file()
    names = {
        node.name
        for node in ast.parse(stub.read_text("utf-8")).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    source = path.read_text("utf-8")
    public = set(
        re.findall(r"^(?:def|cdef class|class) +([a-z]\w*|[A-Z]\w*)", source, re.MULTILINE)
    )
    assert {name for name in public if not name.startswith("_")} == names


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()


def test_the_version_is_the_same_everywhere(pku: classicnlp.Pipeline) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == classicnlp.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+", classicnlp.__version__)
    assert project["dependencies"] == ["numpy>=1.26", "scipy>=1.11"]


def test_all_is_sorted_and_complete() -> None:
    names = classicnlp.__all__
    assert names == sorted(names)
    assert len(set(names)) == len(names)
    for name in names:
        assert getattr(classicnlp, name) is not None
    public = {
        name
        for name, value in vars(classicnlp).items()
        if not name.startswith("_")
        and not isinstance(value, types.ModuleType)
        and getattr(value, "__module__", "").startswith("classicnlp")
    }
    assert public <= set(names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_a_module_lists_in_all_is_there(path: Path) -> None:
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    if module.endswith("__main__"):
        return
    loaded = __import__(module.removesuffix(".__init__"), fromlist=["x"])
    for name in getattr(loaded, "__all__", []):
        assert hasattr(loaded, name), name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        classicnlp.nosuch  # noqa: B018


def test_no_name_of_the_face_hides_a_module() -> None:
    modules = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    for name in set(classicnlp.__all__) & modules:
        assert isinstance(getattr(classicnlp, name), types.ModuleType)


def test_importing_says_nothing_writes_nothing_and_adds_no_handler(tmp_path: Path) -> None:
    code = """
import os, sys
before = set(sys.modules)
import classicnlp
import logging, threading, warnings
assert not logging.root.handlers
loggers = logging.root.manager.loggerDict.values()
assert not any(getattr(logger, "handlers", ()) for logger in loggers)
assert threading.active_count() == 1
heavy = {"scipy", "pandas", "sklearn", "asyncio", "concurrent", "multiprocessing", "tqdm"}
print(sorted((set(sys.modules) - before) & heavy))
"""
    done = run_apart(
        code, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path), TMPDIR=str(tmp_path),
        PYTHONDONTWRITEBYTECODE="1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_importing_reads_no_model() -> None:
    code = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import classicnlp
print([name for name in opened if name.endswith(".model")])
"""
    done = run_apart(code)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_no_test_or_tool_is_installed() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert config["packages"]["find"]["include"] == ["classicnlp*"]
    assert "py.typed" in config["package-data"]["classicnlp"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is(path: Path) -> None:
    text = path.read_text("utf-8")
    assert ast.get_docstring(ast.parse(text))
