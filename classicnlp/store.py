"""The model file: a JSON header and raw little-endian arrays, in the safetensors layout.

A file is 8 bytes of header length, the header (JSON, padded with spaces to a multiple of 64
bytes), and the arrays one after another, widest items first, so that each is aligned to its
own item. The header's ``__metadata__`` holds the format version, the kind of model, its
parameters, its card, and a SHA-256 over all of that and the arrays. Nothing in a file is ever
executed; what is truncated, altered, foreign or newer is refused with a `ModelError`.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp.errors import ModelError
from classicnlp.files import replacing

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = "classicnlp"
VERSION = 1
ALIGNMENT = 64
LARGEST_HEADER = 1 << 24
MOST_DIMENSIONS = 8
VERIFY_UP_TO = 1 << 28  # bytes; a larger file is checked in full on request only

Array: TypeAlias = "NDArray[Any]"
CODES = {
    "BOOL": "|b1", "I8": "|i1", "U8": "|u1", "I16": "<i2", "U16": "<u2", "I32": "<i4",
    "U32": "<u4", "I64": "<i8", "U64": "<u8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
NAMES = {np.dtype(code): name for name, code in CODES.items()}


class Stored(NamedTuple):
    """What a model file holds; the arrays are read-only views of the mapped file."""

    kind: str
    parameters: dict[str, Any]
    arrays: dict[str, Array]
    card: dict[str, Any]
    path: Path
    size: int


def save(
    path: str | os.PathLike[str],
    kind: str,
    parameters: Mapping[str, Any],
    arrays: Mapping[str, Array],
    card: Mapping[str, Any] | None = None,
) -> None:
    """Write a model file beside ``path`` and rename it, so that no half-written file remains.

    Parameters
    ----------
    path : str or path
        The file to write; one that exists is replaced whole.
    kind : str
        What the file holds, e.g. ``"lexicon"``; `load` can insist on it.
    parameters : mapping
        Anything that JSON can hold.
    arrays : mapping of str to array
        Arrays of booleans, integers or floats.
    card : mapping, optional
        The model card: name, data and its terms, figures.
    """
    ordered = sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    blocks: list[memoryview] = []
    header: dict[str, Any] = {}
    offset = 0
    for name, array in ordered:
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        if little.dtype not in NAMES:
            raise TypeError(
                f"array {name!r} has a type that a model file cannot hold: {array.dtype}"
            )
        # Bytes where they lie: arrays may be as large as the memory.
        block = little.reshape(-1).view(np.uint8).data
        header[name] = {
            "dtype": NAMES[little.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(block)],
        }
        offset += len(block)
        blocks.append(block)
    metadata = {
        "format": FORMAT,
        "version": str(VERSION),
        "kind": kind,
        "parameters": _canonical(parameters),
        "card": _canonical(card or {}),
    }
    header["__metadata__"] = metadata
    metadata["sha256"] = _digest(header, *blocks)
    text = _canonical(header).encode()
    text += b" " * (-(len(text) + 8) % ALIGNMENT)
    with replacing(path) as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        file.writelines(blocks)


def load(
    path: str | os.PathLike[str], kind: str | None = None, verify: bool | None = None
) -> Stored:
    """Map a model file into memory.

    Parameters
    ----------
    path : str or path
        The file.
    kind : str, optional
        What it has to hold.
    verify : bool, optional
        Whether to compare the checksum of the whole file; by default up to 256 MiB.

    Returns
    -------
    Stored
        Kind, parameters, arrays and card.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelError
        If the file is truncated, altered, of a newer format, or no model at all.
    """
    path = Path(path)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < 8:
            raise ModelError(f"{path}: not a {FORMAT} model: only {size} bytes long")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    header, start = _read_header(path, mapped, size)
    metadata = _checked_metadata(path, header)
    arrays = _map_arrays(path, header, mapped, start, size)
    if verify or (verify is None and size <= VERIFY_UP_TO):
        expected = metadata.get("sha256")
        if _digest(header, memoryview(mapped)[start:]) != expected:
            raise ModelError(f"{path}: the file was altered (its checksum differs): fetch it again")
    if kind is not None and metadata["kind"] != kind:
        raise ModelError(f"{path}: holds a {metadata['kind']}, where a {kind} was expected")
    parameters, card = (_object(path, metadata[name], name) for name in ("parameters", "card"))
    return Stored(metadata["kind"], parameters, arrays, card, path, size)


def _object(path: Path, text: str, what: str) -> dict[str, Any]:
    """Read a JSON object; whatever else the text holds is a ModelError."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not a {FORMAT} model (unreadable {what}: {error})") from None
    if not isinstance(value, dict):
        raise ModelError(f"{path}: not a {FORMAT} model (its {what} is no object)")
    return value


def _read_header(path: Path, mapped: mmap.mmap, size: int) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(mapped[:8], "little")
    if not 2 <= length <= LARGEST_HEADER:
        raise ModelError(f"{path}: not a {FORMAT} model (no header found)")
    if 8 + length > size:
        raise ModelError(f"{path}: truncated within its header: fetch it again")
    text = mapped[8 : 8 + length].decode("utf-8", "replace")
    return _object(path, text, "header"), 8 + length


def _checked_metadata(path: Path, header: dict[str, Any]) -> dict[str, str]:
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ModelError(f"{path}: not a {FORMAT} model (a file of another program?)")
    version = metadata.get("version", "")
    if not isinstance(version, str) or not re.fullmatch("[0-9]{1,9}", version):
        raise ModelError(f"{path}: the format version is {version!r}, expected a number")
    if int(version) > VERSION:
        raise ModelError(
            f"{path}: format version {version}; this release reads up to {VERSION}: "
            "upgrade classicnlp"
        )
    for name in ("kind", "parameters", "card", "sha256"):
        if not isinstance(metadata.get(name), str):
            raise ModelError(f"{path}: the header lacks {name!r}: the file was altered")
    return metadata


def _map_arrays(
    path: Path, header: dict[str, Any], mapped: mmap.mmap, start: int, size: int
) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    end = 0
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        try:
            dtype = np.dtype(CODES[entry["dtype"]])
            shape = tuple(int(extent) for extent in entry["shape"])
            first, last = (int(offset) for offset in entry["data_offsets"])
            count = 1
            for extent in shape:
                count *= extent
            sound = (
                min(shape, default=1) >= 0
                and first >= 0
                and first % dtype.itemsize == 0
                and last - first == count * dtype.itemsize
            )
            if sound and (len(shape) > MOST_DIMENSIONS or max(shape, default=0) >= 1 << 62):
                sound = False
        except (KeyError, TypeError, ValueError, OverflowError):
            sound = False
        if not sound:
            raise ModelError(f"{path}: array {name!r} is described wrongly: the file was altered")
        if start + last > size:
            raise ModelError(
                f"{path}: truncated: {size} bytes, but array {name!r} ends at {start + last}: "
                "fetch it again"
            )
        end = max(end, last)
        flat = np.frombuffer(mapped, dtype, count, start + first) if count else np.empty(0, dtype)
        flat.flags.writeable = False
        try:
            arrays[name] = flat.reshape(shape)
        except ValueError:
            raise ModelError(
                f"{path}: array {name!r} is described wrongly: the file was altered"
            ) from None
    if start + end != size:
        raise ModelError(f"{path}: {size - start - end} bytes too long: the file was altered")
    return arrays


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _digest(header: dict[str, Any], *blocks: memoryview) -> str:
    metadata = {name: text for name, text in header["__metadata__"].items() if name != "sha256"}
    digest = hashlib.sha256(_canonical({**header, "__metadata__": metadata}).encode())
    for block in blocks:
        digest.update(block)
    return digest.hexdigest()


def nested(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays with ``prefix/`` before their names.

    >>> sorted(nested("trie", {"nodes": np.zeros(1)}))
    ['trie/nodes']
    """
    return {f"{prefix}/{name}": array for name, array in arrays.items()}


def within(prefix: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays under ``prefix/``, by their names below it.

    >>> sorted(within("trie", {"trie/nodes": np.zeros(1), "counts": np.zeros(1)}))
    ['nodes']
    """
    start = len(prefix) + 1
    return {name[start:]: array for name, array in arrays.items() if name.startswith(f"{prefix}/")}


if sys.byteorder != "little":  # pragma: no cover
    raise ImportError("classicnlp maps little-endian files and needs a little-endian processor")
