"""Tables as people send them: encodings, numbers as spreadsheets leave them, doubles, and what is refused by line."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from voicebot.campaign.contacts import read_contacts, read_day
from voicebot.campaign.definition import Audience
from voicebot.campaign.phones import NoNumberError, domestic, read_number
from voicebot.campaign.sheets import read_sheet
from voicebot.errors import VoicebotError

TODAY = date(2026, 11, 20)
TABLE = "手机号,姓名,同意来源,同意日期\n138 0000 6612,王芳,会员注册,2026-03-01\n13800006613.0,李雷,,\n"
AUDIENCE = Audience.model_validate(
    {
        "file": "x.csv",
        "columns": {
            "phone": "手机号",
            "consent_source": "同意来源",
            "consent_date": "同意日期",
            "facts": {"name": "姓名"},
        },
    }
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_whatever_encoding_it_was_saved_in(encoding: str) -> None:
    sheet = read_sheet(TABLE.encode(encoding), "x.csv")
    found = read_contacts(sheet.rows, sheet.columns, AUDIENCE, "x.csv", TODAY)
    assert [(one.line, one.number.e164, one.facts["name"]) for one in found.contacts] == [
        (2, "+8613800006612", "王芳"),
        (3, "+8613800006613", "李雷"),
    ]
    first, second = found.contacts
    assert first.consent is not None
    assert (first.consent.source, first.consent.day.date()) == ("会员注册", date(2026, 3, 1))
    assert second.consent is None


def test_a_workbook_with_numbers_and_dates_as_such() -> None:
    book, data = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in [
        ["手机号", "姓名", "同意来源", "同意日期"],
        [13800006612, "王芳", "门店", date(2026, 3, 1)],
        [None] * 4,
        [13800006612.0, "同号", "", ""],
    ]:
        sheet.append(row)
    book.save(data)
    read = read_sheet(data.getvalue(), "x.xlsx")
    found = read_contacts(read.rows, read.columns, AUDIENCE, "x.xlsx", TODAY)
    assert [one.number.e164 for one in found.contacts] == ["+8613800006612"]
    assert [(one.line, one.reason) for one in found.refused] == [(4, "the same number as in line 2")]


def test_refused_rows_say_which_and_why() -> None:
    rows = (
        ",无号,,",
        "12345,短号,,",
        "1380000661A4,字母,,",
        "13800006620,半个,门店,",
        "13800006621,将来,门店,2027-01-01",
        "13800006622,坏日期,门店,2026-02-30",
    )
    text = TABLE + "\n".join(rows)
    sheet = read_sheet(text.encode(), "x.csv")
    found = read_contacts(sheet.rows, sheet.columns, AUDIENCE, "x.csv", TODAY)
    reasons = {one.line: one.reason for one in found.refused}
    assert "there is no number" in reasons[4]
    assert "numbering plan" in reasons[5]
    assert "no telephone number" in reasons[6]
    assert "source and a date" in reasons[7]
    assert "future" in reasons[8]
    assert "calendar" in reasons[9]


def test_lines_are_those_of_the_file_though_a_cell_has_two() -> None:
    text = '手机号;姓名\n13800006612;"王\n芳"\n\nx;李\n'
    audience = AUDIENCE.model_copy(
        update={"columns": AUDIENCE.columns.model_copy(update={"consent_source": None, "consent_date": None})}
    )
    sheet = read_sheet(text.encode(), "x.csv")
    found = read_contacts(sheet.rows, sheet.columns, audience, "x.csv", TODAY)
    assert [one.line for one in found.contacts] == [2]
    assert [one.line for one in found.refused] == [5]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0rest", r"\.xls"),
        (b"PK\x03\x04nonsense", "cannot be read as .xlsx"),
        (b"a\x00\xff\xfe\x81", "neither UTF-8 nor GB18030"),
        ("手机号,手机号\n1,2".encode(), "there twice"),
    ],
)
def test_what_is_no_table_is_told_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(VoicebotError, match=says):
        read_sheet(data, "x.csv")


def test_a_column_that_is_not_there() -> None:
    sheet = read_sheet("电话,姓名\n1,2".encode(), "x.csv")
    with pytest.raises(VoicebotError, match=r"no column '手机号'; it has 电话, 姓名"):
        read_contacts(sheet.rows, sheet.columns, AUDIENCE, "x.csv", TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "138 0000 6612",
        "+86-138-0000-6612",
        "8613800006612",
        "00 86 13800006612",
        "１３８００００６６１２",
        13800006612,
        13800006612.0,
    ],
)
def test_one_number_however_it_is_written(text: object) -> None:
    assert read_number(text).e164 == "+8613800006612"


def test_numbers_know_their_time() -> None:
    assert read_number("212 555 2368", "US").zones == ("America/New_York",)
    assert read_number("0571-8888 1234").zones == ("Asia/Shanghai",)
    with pytest.raises(NoNumberError):
        read_number("没有")
    assert domestic("+8613800006612") == "13800006612"


def test_days() -> None:
    assert {
        read_day(text) for text in ("2026-03-01", "2026/3/1", "2026年3月1日", "20260301", "2026-03-01 12:30")
    } == {date(2026, 3, 1)}


@pytest.mark.parametrize(
    "written",
    [
        13800006612.0, "13800006612.0", "1.3800006612E+10", "1.3800006612e10", "+86 138 0000 6612", "86-138-0000-6612",
        "008613800006612", "013800006612", "'13800006612", "tel:13800006612", "13800006612；", "１３８００００６６１２",
    ],
)  # fmt: skip
def test_one_number_in_all_the_ways_that_tables_write_it(written: object) -> None:
    assert read_number(written).e164 == "+8613800006612"


@pytest.mark.parametrize("written", ["1.38E+10", "1.380001E+10"])
def test_a_number_that_a_spreadsheet_has_cut_off_is_nobodys(written: str) -> None:
    with pytest.raises(NoNumberError, match="cut it off: format the column as text"):
        read_number(written)
