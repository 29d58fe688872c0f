"""Samples: whether an answer is made as the one that a document shows."""

from __future__ import annotations

from typing import Any


def differences(answer: Any, sample: Any, *, beside: frozenset[str] = frozenset(), place: str = "") -> list[str]:
    """Where an answer has other keys or other types than a sample; a null in the sample is of any type. `beside` may come on top."""
    if sample is None:
        return []
    if isinstance(sample, dict):
        if not isinstance(answer, dict):
            return [f"{place}: {answer!r} is no object"]
        odd = (set(sample) - set(answer)) | (set(answer) - set(sample) - beside)
        found = [f"{place}.{key}" for key in sorted(odd)]
        inner = (differences(answer[key], sample[key], beside=beside, place=f"{place}.{key}") for key in sample if key in answer)
        return found + [one for each in inner for one in each]
    if isinstance(sample, list):
        if not isinstance(answer, list):
            return [f"{place}: {answer!r} is no array"]
        return [one for each in answer for one in differences(each, sample[0], beside=beside, place=f"{place}[]")] if sample else []
    return [] if type(answer) is type(sample) else [f"{place}: {answer!r} is not of the type of {sample!r}"]
