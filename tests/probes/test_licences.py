import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.licences import _CODE_ALPHABET, Numbers, valid_credit_code, words_in

GOOD = "91110108551385082Q"


def test_the_check_character_of_gb_32100() -> None:
    # By hand: the weights are 3**(i-1) mod 31 = 1 3 9 27 19 26 16 17 20 29 25 13 8 24 10 30 28.
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    total = sum(_CODE_ALPHABET.index(c) * w for c, w in zip(GOOD, weights, strict=False))
    assert _CODE_ALPHABET[(31 - total % 31) % 31] == "Q"
    assert valid_credit_code(GOOD)


@pytest.mark.parametrize("code", ["914403001922038216", "91330100799655058B", "91440300708461136T"])
def test_codes_of_well_known_companies(code: str) -> None:
    assert valid_credit_code(code)


@pytest.mark.parametrize("code", ["", GOOD[:-1], GOOD + "1", "91110108551385082I", GOOD.lower()])
def test_what_has_not_its_shape(code: str) -> None:
    assert not valid_credit_code(code)


@given(st.integers(0, 16), st.sampled_from(_CODE_ALPHABET))
def test_one_wrong_character_is_always_found(position: int, character: str) -> None:
    changed = GOOD[:position] + character + GOOD[position + 1 :]
    assert valid_credit_code(changed) == (changed == GOOD)


def test_codes_in_a_text() -> None:
    numbers = Numbers(
        f"统一社会信用代码:{GOOD}。另:91110108551385082A,X{GOOD}X,{GOOD.lower()},"
        "卡号 622202120001234567,订单 202611210000000011"
    )
    assert numbers.credit_codes == (GOOD,)
    assert numbers.wrong_credit_codes == ("91110108551385082A",)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("京ICP备12345678号-1", "京ICP备12345678号-1"),
        ("粤ICP证B2-20090191号", "粤ICP证B2-20090191号"),
        ("沪ICP备 05012345 号", "沪ICP备 05012345 号"),
        ("京公网安备11000002000001号", "京公网安备11000002000001号"),
        ("食品经营许可证 JY11108011234567", "JY11108011234567"),
        ("增值电信业务经营许可证:合字B1.B2-20090059", "B1.B2-20090059"),
        ("注册号：110108012345678", "110108012345678"),
        ("Company number: 12345678", "12345678"),
        ("License No. AB-12345/extra", "AB-12345"),
    ],
)
def test_other_numbers(text: str, number: str) -> None:
    assert number in Numbers(text).all


@pytest.mark.parametrize("text", ["business number of items 5", "ICP备", "订单号 20261121000001", "B2-1", ""])
def test_what_is_no_number(text: str) -> None:
    assert Numbers(text).all == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("资质公示", ("资质",)),
        ("营业执照 / 经营许可", ("营业执照", "经营许可")),
        ("查看licence信息", ("licence",)),
        ("Our Licenses", ("licence",)),
        ("Qualifications", ("qualification",)),
        ("Business registration", ("registration",)),
        ("Imprint", ("imprint",)),
        ("工商信息", ("工商",)),
        ("About us", ()),
        ("MIT License", ()),
        ("End-user licence agreement", ()),
        ("license key", ()),
        ("driving licence holder", ()),
        ("工商银行付款", ()),
        ("", ()),
    ],
)
def test_words(text: str, words: tuple[str, ...]) -> None:
    assert words_in(text) == words
