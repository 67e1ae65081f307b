"""``duheng verify BUNDLE``: five answers about a report, offline; exit 0 only if all are good."""

import argparse
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from conformance.released import released_catalogues
from probes.clock import SystemClock
from probes.errors import EvidenceError, SettingsError
from reports.signing.answers import Answer, refuse
from reports.signing.envelope import FILE as SIGNATURE
from reports.signing.handed import BUNDLE, hand_over
from reports.signing.keys import PUBLIC_FILE, default_folder, load_public
from reports.signing.verifier import verify
from reports.verdict import Text
from reports.words import Lang, pick

_UNITS_S = {"m": 60.0, "h": 3600.0, "d": 86400.0}
_AGE = re.compile(r"(\d{1,6})([mhd])")

NAMES = {
    "signature": Text(zh="签名", en="signature"),
    "completeness": Text(zh="完整", en="completeness"),
    "thresholds": Text(zh="限值", en="thresholds"),
    "time": Text(zh="时间", en="time"),
    "freshness": Text(zh="时效", en="freshness"),
}
_GOOD = Text(zh="通过", en="good")
_REFUSED = Text(zh="拒绝", en="REFUSED")
_NOT_TOLD = Text(zh="未作判断（前一项被拒绝）", en="not told (an answer above was refused)")
_ALL_GOOD = Text(zh="核验通过：五项全部成立。", en="Verified: all five answers are good.")
_NO_KEY = Text(
    zh="未给出公钥，本机也没有密钥：请用 --key PUB 给出签署者的公钥",
    en="no key given and none on this machine: give the signer's public key with --key PUB",
)
_OWN = Text(
    zh="以本机自己的密钥核验；他人签署的报告须用 --key PUB 给出其公钥。",
    en="Checked with this machine's own key; for a report that somebody else signed, give theirs with --key PUB.",
)
_NOT_GOOD = Text(zh="核验不通过：请勿依据这份报告。", en="Not verified: do not rely on this report.")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    parser.epilog = "Exit: 0 all five answers are good, 1 one is not, 64 where no report or no key was given."
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="an output folder, or the bundle.zip in it")
    parser.add_argument("--key", type=Path, metavar="PUB", help="the signer's public key (default: this machine's own)")
    parser.add_argument(
        "--not-older-than", type=age_s, metavar="AGE", help="ask also that the evidence is fresh today: 36h, 30d"
    )
    parser.add_argument("--lang", choices=("zh", "en"), help="language of the answers (default: both)")


def run(args: argparse.Namespace) -> int:
    """Verify, print the five answers, return 0 if all are good, else 1.

    Raises:
        SettingsError: no usable key, or no bundle, was given: nothing is said about a report.
    """
    key = _key(args)
    _refuse_no_bundle(args)
    try:
        answers = verify(
            hand_over(args.bundle),
            key=key,
            released=released_catalogues(),
            now=SystemClock().now(),
            not_older_than_s=args.not_older_than,
        )
    except EvidenceError as error:
        answers = refuse("signature", str(error), str(error))
    languages = (args.lang,) if args.lang else ("zh", "en")
    if args.key is None:
        print(*(getattr(_OWN, lang) for lang in languages), "", sep="\n")
    print("\n".join(lines(answers, languages)))
    return 0 if all(answer.good for answer in answers) else 1


def _key(args: argparse.Namespace) -> Ed25519PublicKey:
    own = default_folder(os.environ) / PUBLIC_FILE
    if args.key is None and not own.exists():
        raise SettingsError(pick(_NO_KEY, args.lang or "en"))
    try:
        return load_public(args.key or own)
    except EvidenceError as error:
        raise SettingsError(f"--key: {error}" if args.key else str(error)) from error


def _refuse_no_bundle(args: argparse.Namespace) -> None:
    """Refuse what cannot be a report at all; a report that is broken or altered is the verifier's to refuse."""
    path: Path = args.bundle
    if not path.exists():
        what = Text(zh="不存在", en="there is no such file or folder")
    elif path.is_dir() and not any((path / name).exists() for name in (BUNDLE, SIGNATURE)):
        what = Text(zh="该文件夹中没有报告", en="there is no report in this folder")
    elif not path.is_dir() and path.name not in {BUNDLE, SIGNATURE}:
        what = Text(zh="不是报告", en="is no report")
    else:
        return
    todo = Text(zh=f"请给出输出文件夹，或其中的 {BUNDLE}", en=f"hand over an output folder, or the {BUNDLE} in it")
    lang: Lang = args.lang or "en"
    raise SettingsError(f"{path}: {pick(what, lang)}{'；' if lang == 'zh' else '; '}{pick(todo, lang)}")


def age_s(text: str) -> float:
    """Return the seconds that ``30d``, ``36h`` or ``90m`` mean.

    Raises:
        argparse.ArgumentTypeError: for anything else.
    """
    match = _AGE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no age; write 90m, 36h or 30d")
    return int(match[1]) * _UNITS_S[match[2]]


def lines(answers: Iterable[Answer], languages: Iterable[str]) -> Iterator[str]:
    """Yield the numbered lines that are printed: an answer, below it its steps, at the end the conclusion."""
    told = tuple(answers)
    tongues = tuple(languages)
    for number, answer in enumerate(told, start=1):
        state = _NOT_TOLD if not answer.told else _GOOD if answer.good else _REFUSED
        name = NAMES[answer.name]
        yield f"{number}. " + " / ".join(f"{getattr(name, lang)}: {getattr(state, lang)}" for lang in tongues)
        for position, step in enumerate(answer.steps, start=1):
            for place, lang in enumerate(tongues):
                mark = f"{number}.{position} {'+' if step.good else '!'}" if place == 0 else " " * 5
                yield f"   {mark} {getattr(step.text, lang)}"
    yield ""
    for lang in tongues:
        yield getattr(_ALL_GOOD if all(answer.good for answer in told) else _NOT_GOOD, lang)
