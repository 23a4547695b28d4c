"""Is a sentence a question, and what is it about: the shop in general, or what the bot has just asked?"""

from __future__ import annotations

import re

_QUESTION = re.compile(
    "[?？吗]|呢$|什么|怎么|咋|啥|多少|多久|多大|多长|几点|几天|几天|几号|哪里|哪儿|哪个|谁|为什么|能不能|可不可以|有没有|是不是|要不要|会不会|用不用|行不行|好不好|需不需要|是.{1,8}还是"
    r"|(\w)[不没]\1"
)
_ENDS_SO = re.compile("[^我也差对要都就可了]不[啊呀嘛]?[?？。]?$")


def asks(text: str) -> bool:
    """Is it put as a question?"""
    return bool(_QUESTION.search(text) or _ENDS_SO.search(text))


_OWN = re.compile(
    "我(?:的|那|这|买|订|下|昨|前|上|刚|要|想|家|们)|[帮给]我|那[单个台件款双]|这[单个台件款双]|昨天|前天|上周|双十一|刚才|刚刚|单号|尾号"
    r"|退掉|退了吧|\d{4}"
)
_IN_GENERAL = re.compile(
    "(?:要|得|需要|一般|通常|大概)(?:多久|多长时间|几天|花多久)|(?:几天|多久|多长时间)(?:能|可以|才|会|就)?(?:到账|退|换|修|装|开|送|发|到)"
    "|(?:什么|啥|哪家|哪个|哪几家|谁家)(?:的)?(?:快递|物流)|(?:收费|要钱|免费|花钱|收钱|要不要钱|收不收费|收不收钱)(?:吗|不|么|啊)?"
    "|(?:能|可以)?(?:发|送|寄)(?:货)?(?:得?到)?(?:新疆|西藏|内蒙|青海|香港|台湾|澳门|国外|海外|农村|乡下|村里)|(?:新疆|西藏|内蒙古?|青海|香港|台湾|国外|农村|乡下)(?:能|可以|给)?(?:不能)?(?:发货|送货|配送|送)"
    "|谁(?:来)?(?:出|付|承担|掏)|包邮|邮费|(?:要|用|需要)(?:上门)?安装|(?:电子|纸质?)(?:的|发票|版)|[钱款].{0,3}(?:退|打|返|回)到哪(?!了)"
)


def in_general(text: str) -> bool:
    """Does it ask how the shop does it, and not after something of the caller's own: 退款几天到账, 发什么快递?"""
    return bool(_IN_GENERAL.search(text)) and not _OWN.search(text)


_ABOUT_THE_QUESTION = re.compile(
    "(?:为什么|为啥|凭什么|凭啥|干嘛|干什么|干吗)(?:还|非|都)?(?:要|得|让|问|说|报|提供|需要|查|给|核)|有什么用|哪个(?:手机)?(?:号|尾号)|哪四位|什么(?:手机)?号|什么尾号|啥尾号|啥号|什么意思|啥意思"
    "|(?:在|去|从)(?:哪|什么地方)|(?:怎么|咋)(?:看|找|查|说|知道)|哪(?:里|儿)(?:看|找|有|查)"
)


def about_the_question(text: str) -> bool:
    """Does it ask why something is asked, or what was meant: 为什么要后四位, 订单号在哪看?"""
    return bool(_ABOUT_THE_QUESTION.search(text))


_FOR_INFORMATION = re.compile(
    "几点|几天|几号|多久|多长时间|多少钱|在哪|哪里|哪儿|谁(?:来)?(?:出|付|承担|掏)|收费|要钱|收钱|免费吗|运费|邮费"
    "|(?:你们|你那|你这|那边).*(?:吗|不[啊呀]?[?？。]?$|几|哪|什么|啥|怎么)|电子的?还是|怎么(?:算|弄|办|操作)"
)
_RHETORICAL = re.compile(
    "这么|那么|什么破|什么玩意|怎么(?:这|那|回事|搞的|老|就)|凭什么|谁(?:要|还|敢|买)|能用吗|像话"
)


def for_information(text: str) -> bool:
    """Does he want to be told something, rather than complain in the form of a question?"""
    return asks(text) and bool(_FOR_INFORMATION.search(text)) and not _RHETORICAL.search(text)
