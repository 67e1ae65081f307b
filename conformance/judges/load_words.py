"""Sentences of the judges of load: why a run tells nothing."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import records
from profiles.validity_words import reason_words
from reports.verdict import Text


def invalid_words(data: Mapping[str, Any]) -> Text:
    """Return why a run tells nothing: its reasons, or that it is incomplete, of a closed model, or not told valid."""
    told = [reason_words(each) for each in records(data.get("invalid"))]
    if not told and data.get("complete") is not True:
        told.append(("its record is not complete", "记录不完整"))
    if not told and data.get("model") != "open":
        told.append(("its users wait for their answers (closed model)", "其用户等到答复后才继续（封闭模型）"))
    if not told:
        told.append(("it was not told to be valid", "未表明有效"))
    unique = list(dict.fromkeys(told))
    return Text(en="; ".join(en for en, _ in unique), zh="；".join(zh for _, zh in unique))
