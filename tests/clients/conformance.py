"""The published material that exports are held against. Where it is missing, that is said in one line."""

from __future__ import annotations

import os
import warnings
from pathlib import Path


def material(name: str) -> Path | None:
    """A folder of the conformance material; none where it is not there."""
    folder = Path(os.environ.get("SAMFLYT_CONFORMANCE_DIR", "")) / name
    if os.environ.get("SAMFLYT_CONFORMANCE_DIR") and folder.is_dir():
        return folder
    # A print would be captured, and nobody would know.
    warnings.warn(f"not held against {name}: it is not in SAMFLYT_CONFORMANCE_DIR", stacklevel=2)
    return None
