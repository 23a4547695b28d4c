"""An address of which only a part is said anew."""

from __future__ import annotations

import pytest

from voicebot.dialogue.addresses import is_address, mended, plain_address

HOME = "武汉市洪山区珞喻路88号3栋201"


@pytest.mark.parametrize(
    ("said", "anew"),
    [
        ("不对，是珞喻路89号", "武汉市洪山区珞喻路89号3栋201"),
        ("门牌号不对，是十二号", "武汉市洪山区珞喻路12号3栋201"),
        ("不对，房号是302", "武汉市洪山区珞喻路88号3栋302"),
        ("是5栋", "武汉市洪山区珞喻路88号5栋201"),
        ("不是珞喻路，是中北路", "武汉市洪山区中北路88号3栋201"),
        ("不对，是武昌区中北路8号", "武汉市武昌区中北路8号"),
        ("301室", "武汉市洪山区珞喻路88号3栋301"),
    ],
)
def test_a_part_takes_the_place_of_the_one_with_its_unit(said: str, anew: str) -> None:
    assert mended(HOME, said) == anew


@pytest.mark.parametrize("said", ["不对", "不用了", "对", "不对，地址是北京市朝阳区建国路8号5栋1单元301", ""])
def test_what_names_no_part_mends_nothing(said: str) -> None:
    assert mended(HOME, said) is None


def test_another_road_with_a_house_of_its_own_leaves_the_old_house_out() -> None:
    assert mended(HOME, "不对，是中北路8号") == "武汉市洪山区中北路8号"
    assert mended(HOME, "不对，是珞喻路89号") == "武汉市洪山区珞喻路89号3栋201"


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("改到河南省郑州市金水区花园路100号", "河南省郑州市金水区花园路100号"),
        ("嗯帮我寄到青岛市市南区香港中路10号吧", "青岛市市南区香港中路10号"),
        ("西安市雁塔区科技路8号，收件人王五", "西安市雁塔区科技路8号"),
        ("北京市朝阳区建国路88号", "北京市朝阳区建国路88号"),
    ],
)
def test_what_stands_around_an_address_is_left_out(said: str, plain: str) -> None:
    assert plain_address(said) == plain


def test_not_everything_is_an_address() -> None:
    assert is_address("建国路88号")
    assert is_address("湖北省武汉市光谷广场")
    assert not is_address("行，给我登记吧")
    assert not is_address("路")
