"""What is counted: money, pieces, marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from voicebot.nlu.numbers import DIGITS, Number
from voicebot.nlu.understanding import Slot

_D = "[一二两三四五六七八九1-9]"
_NO_COIN = "(?![个件天台只双瓶盒箱袋次号月点年分十百千万折倍])"
_YUAN = re.compile(
    rf"(?:多|来)?(?:块|元|圆|人民币|rmb)(?:大洋)?(?P<money>钱)?"
    rf"(?:(?P<dime>{_D})[毛角](?:(?P<cent>{_D})分?)?|零(?P<only>{_D})分?|(?P<five>{_D})(?P<more>[零{_D[1:-1]}0])?(?!\d){_NO_COIN})?",
    re.IGNORECASE,
)
_DIME = re.compile(rf"[毛角]钱?(?:(?P<cent>{_D})分?)?")
_CENT = re.compile("分钱")
_PIECES = re.compile(
    "块(?:电池|手表|表|肥皂|香皂|毛巾|布|面料|地毯|屏|硬盘|玻璃|板|蛋糕|巧克力|砖|石头|移动|充电|豆腐|肉|牛排|饼|砧板|手帕|面膜|抹布|橡皮|墨|滑板)"
)
_TOGETHER = re.compile("块(?![钱一二两三四五六七八九1-9零]|$|[,。?!了的吗吧]|多)")
_SPENT = re.compile(
    "(?:花|付|付款|退|退款|收|扣|赔|赔偿|补|补偿|差价|降|涨|便宜|贵|原价|现价|价格|价钱|卖|总共|一共|才|只要|值|优惠|减|省|交|转|充|运费|差|标价|到手价|券后)"
    "(?:了|给|我|是|到|成|要|的|个|差不多|大概|将近|快|他们|你们)*$"
)
_CLASSIFIER = "[个件台只双瓶盒箱袋包条套本部把支张份副对斤罐桶卷枚颗粒串床辆架盏提听杯款样]"
_COUNTED = re.compile(rf"(?P<kind>{_CLASSIFIER}|块(?!钱|[,。?!]|$))")
_NOT_PIECES = re.compile(
    "个(?:多?月|半月|小?时|星期|礼拜|钟头|钟|人|问题|事|电话|地址|号|订单|客服|人工|办法|说法|意思|情况|投诉|建议|字|工作日|快递|包裹|单|地方|朋友|原因|理由"
    "|疑问|零|八|六|数|忙|短信|时间|选项|方案|多|方法|师傅|答复|交代|道歉|解释|机会|回复|准信|说明|发票|活动|优惠|券|电话|地|头|真)"
    "|件事|份(?:发票|心)|条(?:短信|信息|消息)|张(?:发票|券|优惠)|样|部分|对(?:了|不)|包(?:邮|裹)|把(?!椅|刀|伞|锁|剪|梳|扇|钳)|本(?:来|人|店)|只(?:能|要|是|有)|台(?:州|北|湾)|条件|提(?:供|前|货)|款(?:式)?"
)
_WANT = re.compile(
    "(?:要|买|退|换|订|拍|来|加|送|寄|补|发|少|拿|选|留|收到|缺|多|漏|定|退回|一共|共|总共|只有)(?:了|我|你|过|的|上|是|掉|到|回|还|就)*$"
)
_POINTING = re.compile("(?:第|这|那|每|哪|某|几|前|后|上|下|另|另外|其中|头|半)$")
_MARK = re.compile(r"(?:颗|个)?星(?!期)|分(?!钱|钟|之|期|开|批|别|享)")
_GIVEN = re.compile(
    "(?:打|给|评|评个|打个|给个|给你们|给他|给她|算|值|是|就|那就|满意度|评分|分数|总体)(?:了|个|你们|他|她|它|到|上|你|您|是)*$"
)
_PRICED = re.compile("的?那[个款台件双条种部]")
_WORDS = (
    (re.compile("(?:非常|十分|特别|很|太|极其|相当)不(?:满意|好)|极差|差评|太差|很差|最差|糟糕透"), 1, 2),
    (re.compile("不满意|不太(?:满意|好)|不怎么|较差|不好|不行|有点差|比较差|不算满意"), 2, 4),
    (re.compile("(?<!不)一般|还行|凑合|还可以|马马虎虎|普通|中等|过得去|中规中矩|说得过去"), 3, 6),
    (
        re.compile(
            "(?:非常|十分|特别|很|太|极其|相当|超级|超)(?:满意|好|棒|赞)|满分|五星|好评|完美|最高分|最满意|没得说|百分百满意"
        ),
        5,
        10,
    ),
    (re.compile("(?:比较|挺|还|基本|算|蛮)?(?:满意|不错|好|可以)"), 4, 8),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A slot with the place that it was found at, so that others leave it alone."""

    slot: Slot
    start: int
    end: int


def amount_of(text: str, numbers: Sequence[Number], asked: bool) -> Counted | None:
    """The first sum of money, in yuan as a decimal string (一块八 -> 1.8, 一百多块 -> 100)."""
    for number in numbers:
        for read in (_yuan, _dimes, _cents, _bare):
            found = read(text, number, asked)
            if found:
                value, end = found
                return Counted(Slot(_decimal(value), text[number.start : end]), number.start, end)
    return None


def _decimal(value: Decimal) -> str:
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _digit(char: str | None) -> int:
    return 0 if not char else int(char) if char.isdecimal() else DIGITS[char]


def _yuan(text: str, number: Number, _asked: bool) -> tuple[Decimal, int] | None:
    match = _YUAN.match(text, number.end)
    if not match:
        return (number.value, number.end) if text[number.start - 1 : number.start] == "¥" else None
    if _PIECES.match(text, number.end) or (number.text == "一" and _TOGETHER.match(text, number.end)):
        return None
    coins = _digit(match["dime"] or match["five"]) * 10 + _digit(
        match["cent"] or match["only"] or match["more"]
    )
    end = match.end()
    half = not coins and text[end : end + 1] == "半"
    value = number.value + Decimal(coins) / 100 + (Decimal("0.5") if half else 0)
    return value, end + half


def _dimes(text: str, number: Number, _asked: bool) -> tuple[Decimal, int] | None:
    match = _DIME.match(text, number.end)
    if not match or text.startswith("毛巾", number.end):
        return None
    return number.value / 10 + Decimal(_digit(match["cent"])) / 100, match.end()


def _cents(text: str, number: Number, _asked: bool) -> tuple[Decimal, int] | None:
    match = _CENT.match(text, number.end)
    return (number.value / 100, match.end()) if match else None


def _bare(text: str, number: Number, asked: bool) -> tuple[Decimal, int] | None:
    """A number without 块: money when money was asked for or spoken of (花了一千八)."""
    after = text[number.end : number.end + 1]
    if len(number.digits) > 6 or (
        after and after in "个件台只双瓶盒箱袋包条套本部把支张份次天号月点年分%折遍回星岁位楼周小日人倍多种款"
    ):
        return None
    money = _SPENT.search(text, 0, number.start)
    priced = number.value >= 100 and not number.digits and _PRICED.match(text, number.end)
    return (number.value, number.end) if asked or priced or (money and number.value >= 2) else None


def quantity_of(text: str, numbers: Sequence[Number], asked: bool, product_at: int = -1) -> Counted | None:
    """The first number of pieces. 一个 and the like count only where something is wanted, or named behind it."""
    for number in numbers:
        if (
            number.value != int(number.value)
            or not 0 < number.value < 10_000
            or _POINTING.search(text, 0, number.start)
        ):
            continue
        match = _COUNTED.match(text, number.end)
        end = match.end() if match else number.end
        wanted = bool(_WANT.search(text, 0, number.start))
        if match and _NOT_PIECES.match(text, number.end):
            continue
        named = match and (number.value > 1 or wanted or asked or product_at == end)
        if named or (not match and (_alone(text, number, asked) or (wanted and number.text in ("俩", "仨")))):
            return Counted(Slot(int(number.value), text[number.start : end]), number.start, end)
    return None


def _alone(text: str, number: Number, asked: bool) -> bool:
    after = text[number.end : number.end + 1]
    return asked and len(number.digits) < 4 and (not after or after in ",。吧的啊呢!")


def rating_of(text: str, numbers: Sequence[Number], asked: str | None) -> Counted | None:
    """Marks as an int: as given (打九分 -> 9, 五颗星 -> 5), or from words when a rating was asked for.

    Words mean 1 to 5, or 1 to 10 where `asked` is rating_10.
    """
    wanted = asked in ("rating", "rating_10")
    for number in numbers:
        match = _MARK.match(text, number.end)
        given = _GIVEN.search(text, 0, number.start)
        alone = wanted and len(number.digits) < 3
        if (
            number.value == int(number.value)
            and number.value <= 100
            and ((match and (given or wanted)) or alone)
        ):
            end = match.end() if match else number.end
            return Counted(Slot(int(number.value), text[number.start : end]), number.start, end)
        if match and "星" in match[0] and number.value <= 5 and number.value == int(number.value):
            return Counted(
                Slot(int(number.value), text[number.start : match.end()]), number.start, match.end()
            )
    return _worded(text, asked == "rating_10") if wanted else None


def _worded(text: str, of_ten: bool) -> Counted | None:
    for pattern, five, ten in _WORDS:
        if match := pattern.search(text):
            return Counted(Slot(ten if of_ten else five, match[0]), match.start(), match.end())
    return None
