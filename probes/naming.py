"""Names of goods as lists, details, carts and orders spell them. Pure."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """Return a name without what typography adds to it: width, case, white space, the ellipsis of a shortened one."""
    spelled = unicodedata.normalize("NFKC", name.replace("…", " "))
    return " ".join(spelled.casefold().removesuffix("...").split())


def same_name(left: str, right: str) -> bool:
    """Tell whether two names may be one article's: lists shorten long names, details add a variant or a brand."""
    mine, theirs = plain(left), plain(right)
    return bool(mine and theirs) and (mine in theirs or theirs in mine)
