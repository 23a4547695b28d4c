"""What is said for what is written: the table, the limits, and another project's table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.tts.reading import BORDER, read

MONEY = """
128.5元 = 一百二十八块五
¥1,299.00 = 一千二百九十九块
￥256.50 = 两百五十六块五
0.8元 = 八毛
0.05元 = 五分
20.05元 = 二十块零五分
19.99元 = 十九块九毛九
2元 = 两块
2.5元 = 两块五
0元 = 零元
-50元 = 负五十块
余额-12.5元 = 余额负十二块五
100-200元 = 一百到两百块
¥99起 = 九十九块起
50元优惠券 = 五十元优惠券
满300减40 = 满三百减四十
1.5万元 = 一点五万元
100万元 = 一百万块
5元/件 = 五块每件
2角5分 = 两毛五
$13.5 = 十三点五美元
"""

CODES = """
138 0000 6612 = 幺三八 零零零零 六六幺二
13800006612 = 幺三八 零零零零 六六幺二
+86 138-0000-6612 = 幺三八 零零零零 六六幺二
手机号138****6612 = 手机号尾号六六幺二
尾号****6612 = 尾号六六幺二
尾号8866 = 尾号八八六六
尾号是0017吗？ = 尾号是零零幺七吗？
您的订单尾号4217，已经到杭州 = 您的订单尾号四二幺七，已经到杭州
订单号是202611200042 = 订单号是二零二六 幺幺二零 零零四二
202611200042 = 二零二六 幺幺二零 零零四二
1380000661 = 幺三八 零零零 零六六幺
运单号SF1234567890123 = 运单号 SF 幺二三 四五六 七八九 零幺二三
退货单RT-20261120-0007 = 退货单 RT 二零二六 幺幺二零 零零零七
验证码：0417 = 验证码：零四幺七
取件码3-1-2047 = 取件码三 幺 二零四七
010-64035547 = 零幺零 六四零三 五五四七
400-820-8820 = 四零零 八二零 八八二零
客服热线95588 = 客服热线九五五八八
拨打12315 = 拨打幺二三幺五
3栋2单元501 = 三栋二单元五零幺
A座1203室 = A座幺二零三室
127.0.0.1 = 一二七点零点零点一
"""

MOMENTS = """
2026-11-20 = 十一月二十号
2026/11/20 = 十一月二十号
11月20日 = 十一月二十号
2026年11月20日 = 二零二六年十一月二十号
2026-12 = 二零二六年十二月
11月20-22日 = 十一月二十到二十二号
11月18日-11月20日 = 十一月十八号到十一月二十号
11-20 15:00 = 十一月二十号下午三点
2月2日 = 二月二号
1-3月 = 一到三月
2026年 = 二零二六年
15:00 = 下午三点
14:30 = 下午两点半
8:05 = 早上八点零五分
20:15 = 晚上八点十五分
12:30 = 中午十二点半
0:00 = 凌晨零点
24:00 = 晚上十二点
下午3:00-5:00 = 下午三点到五点
上午9:00-11:30 = 上午九点到十一点半
9:00-18:00 = 早上九点到下午六点
14:00-16:00 = 下午两点到四点
晚上22:00-次日6:00 = 晚上十点到次日早上六点
12:00-14:00 = 中午十二点到下午两点
2026-11-20 15:00送达 = 十一月二十号下午三点送达
2026-11-20T15:30:00 = 十一月二十号下午三点半
18点前 = 下午六点前
15点30分 = 下午三点三十分
今天15:00 = 今天下午三点
"""

QUANTITIES = """
3-5天 = 三到五天
1-2个工作日 = 一到两个工作日
2个 = 两个
2天 = 两天
12个 = 十二个
第2个 = 第二个
第3季度 = 第三季度
2小时30分钟 = 两小时三十分钟
24小时 = 二十四小时
7x24小时 = 七乘二十四小时
5000mAh = 五千毫安时
2.5kg = 二点五公斤
2kg = 两公斤
500ml = 五百毫升
1.2L = 一点二升
60W快充 = 六十瓦快充
25℃ = 二十五摄氏度
-5℃ = 零下五摄氏度
120Hz = 一百二十赫兹
6.7英寸 = 六点七英寸
55寸 = 五十五寸
256GB = 两百五十六 G
8+256GB = 八加两百五十六 G
20x30x40cm = 二十乘三十乘四十厘米
100×200mm = 一百乘两百毫米
10km/h = 每小时十公里
15% = 百分之十五
3%-5% = 百分之三到百分之五
99.9% = 百分之九十九点九
8.5折 = 八五折
9折 = 九折
1/2 = 二分之一
16:9 = 十六比九
1万+好评 = 一万多好评
12000 = 一万两千
20000 = 两万
10010件 = 一万零一十件
1亿 = 一亿
3.14 = 三点一四
"""

NAMES = """
A15 = A 十五
X200 = X 二百
RTX4090 = RTX 四零九零
iPhone 15 Pro = iPhone 十五 Pro
i7-13700H = i 七 幺三七零零 H
支持5G网络 = 支持五 G网络
1080P = 一零八零 P
USB3.0 = USB 三点零
Type-C接口 = Type-C接口
90后 = 九零后
"""

SIGNS = """
好的😊！ = 好的！
您好（24小时）服务 = 您好，二十四小时，服务
【通知】您好 = 通知，您好
按#键结束，按*键返回 = 按井号键结束，按星号键返回
**重要** = 重要
好的~ = 好的
——请注意—— = 请注意，
“你好” = 你好
你好!请问... = 你好！请问，
1.订单 2.退货 = 一，订单 二，退货
１２３ = 一百二十三
😊 =
"""


def _cases(*tables: str) -> list[tuple[str, str]]:
    lines = [line for table in tables for line in table.strip().splitlines()]
    return [(written.rstrip(), spoken.lstrip()) for written, _, spoken in (x.partition(" =") for x in lines)]


@pytest.mark.parametrize(("written", "spoken"), _cases(MONEY, CODES, MOMENTS, QUANTITIES, NAMES, SIGNS))
def test_is_read_as_it_is_said(written: str, spoken: str) -> None:
    assert read(written) == spoken


def test_the_year_of_an_iso_date_is_said_when_it_is_known_to_be_another() -> None:
    assert read("保修到2028-11-20", year=2026) == "保修到二零二八年十一月二十号"
    assert read("2026-11-20送达", year=2026) == "十一月二十号送达"


def test_borders_of_the_wording_stay_where_they_are() -> None:
    assert (
        read(f"订单尾号{BORDER}4217{BORDER}，共{BORDER}2件")
        == f"订单尾号{BORDER}四二幺七{BORDER}，共{BORDER}两件"
    )


ALPHABET = st.sampled_from("0123456789.,:-/%¥元块月日点年号件个万 ABxkgm，。（）尾订单电话*#+~\u2063😊第")


@settings(max_examples=300, deadline=None)
@given(st.text(ALPHABET, max_size=24))
def test_nothing_unspeakable_is_left_and_reading_again_changes_nothing(written: str) -> None:
    spoken = read(written)
    assert not re.search(r"[0-9%¥*#+~/😊]", spoken)
    assert read(spoken) == spoken


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_can_be_read(written: str) -> None:
    assert not re.search(r"[0-9]", read(written))


DIFFERENT = {
    # in spoken money 块 and 毛 rather than 元
    "￥1.25": "一块两毛五", "CNY1.25": "一块两毛五", "CNY 1.25": "一块两毛五", "价格是￥13.5": "价格是十三块五",
    "价格是HKD13.5": "价格是十三点五港币",
    # 公斤 and 公里 rather than 千克 and 千米
    "1kg": "一公斤", "1 kg": "一公斤", "重达25kg": "重达二十五公斤", "面积是10km²": "面积是十平方公里",
    # times of day with the part of the day, on a clock of twelve hours
    "8月16号12:00之前": "八月十六号中午十二点之前", "我是5:02开始的": "我是凌晨五点零二分开始的",
    "于5:35:36发射": "于凌晨五点三十五分三十六秒发射", "2:02": "凌晨两点零二分", "11:00": "上午十一点",
    "22：58": "晚上十点五十八分", "13:10:36": "下午一点十分三十六秒", "1:02:36am": "凌晨一点零二分三十六秒",
    "1:02:36 am": "凌晨一点零二分三十六秒",
    # telephone style: 幺; eight digits that stand alone are a code
    "010-64035547": "零幺零 六四零三 五五四七", "10001111": "幺零零零 幺幺幺幺",
    # a number alone is a number; scores and day-first dates are not the business of a shop
    "110": "一百一十", "中国1-2": "中国一到二", "拉齐奥 2/2": "拉齐奥 二分之二", "2008.08": "两千零八点零八",
    "08-2008": "八到两千零八", "08/2008": "八 两千零八", "08.2008": "八点二零零八", "08.08": "八点零八",
    "08-08-2008": "零八 零八 二零零八",
    # words are kept as they are: no fillers, no 儿 dropped, nothing translated
    "呃这个呃啊我不知道": "呃这个呃啊我不知道", "这儿有只鸟儿": "这儿有只鸟儿", "这事儿好办": "这事儿好办",
    "我儿子喜欢这地儿": "我儿子喜欢这地儿", "儿": "儿", "好啊": "好啊", "啊呃呃": "啊呃呃", "寶貝": "寶貝",
    "O2O": "O 二 O", "B2B": "B 二 B", "我们안녕": "我们", "雪の花": "雪花",
}  # fmt: skip
"""Where we read otherwise than the table, on purpose."""


def _bare(text: str) -> str:
    return re.sub(r"[\s，。！？：,.!?:\"'“”]", "", text)


def test_another_projects_table_but_for_conventions(testdata: Path) -> None:
    """WeTextProcessing's cases: dates there say 日, here 号; what else differs is listed above."""
    agreed, wrong = 0, []
    for path in sorted((testdata / "textnorm" / "tn").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            written, arrow, spoken = (piece.strip() for piece in line.partition("=>"))
            if not arrow:
                continue
            ours = read(written, year=2026)
            if _bare(ours) == _bare(spoken).replace("日", "号"):
                agreed += 1
            elif ours != DIFFERENT.get(written):
                wrong.append((path.name, written, spoken, ours))
    assert wrong == []
    assert agreed >= 95
