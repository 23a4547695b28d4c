"""What comes after orders of the demonstration shop: returns, refunds, invoices, tickets, opinions."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from voicebot.shop.demo.calendar import HAD, Times
from voicebot.shop.demo.rows import Row, Rows


class Aftermath:
    """Adds what may come of an order."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows

    def may_follow(self, order: Row, times: Times, line: Row) -> None:
        """Invoices, tickets and opinions that may come of an order."""
        status = order["status"]
        if status in HAD and self.rows.rng.random() < 0.12:
            self._invoice(order, times)
        if status == "problem" or (status in HAD and self.rows.rng.random() < 0.05):
            self._ticket(order, line)
        if status == "completed" and self.rows.rng.random() < 0.15:
            self._opinion(order, times)

    def returned(self, order: Row, times: Times, line: Row) -> None:
        """The goods go back, or are exchanged."""
        assert times.delivered is not None
        kind = "exchange" if order["status"] == "exchanging" else "return"
        done = order["status"] == "refunded"
        created = min(
            times.delivered + timedelta(days=1, hours=2), datetime.combine(self.rows.today, time(8))
        )
        count = sum(1 for row in self.rows["returns"] if row["created"].date() == created.date())
        self.rows["returns"].append(
            {
                "number": f"{created:%y%m%d}{1 if kind == 'return' else 2}{count + 501:03d}",
                "kind": kind,
                "order_number": order["number"],
                "item_id": line["id"],
                "quantity": line["quantity"],
                "reason": "有质量问题" if self.rows.rng.random() < 0.5 else "不合适",
                "reason_class": "quality",
                "method": "pickup",
                "freight": "seller",
                "wanted": "",
                "amount_fen": line["price_fen"] * line["quantity"] if kind == "return" else 0,
                "status": "已完成" if done else "退回中",
                "created": created,
            }
        )
        if kind == "return":
            amount = line["price_fen"] * line["quantity"]
            self.refund(order, "退货", created, 10, amount_fen=amount, done=done)

    def refund(
        self,
        order: Row,
        kind: str,
        requested: datetime,
        days: int,
        *,
        amount_fen: int | None = None,
        done: bool | None = None,
    ) -> None:
        """Money goes back."""
        expected = requested.date() + timedelta(days=days)
        over = expected < self.rows.today if done is None else done
        self.rows.add(
            "refunds",
            order_number=order["number"],
            kind=kind,
            amount_fen=amount_fen or order["total_fen"],
            channel=order["payment"],
            status="已退款" if over else "处理中",
            requested=requested,
            expected=expected,
            completed=min(datetime.combine(expected, time(8)), datetime.combine(self.rows.today, time(8)))
            if over
            else None,
        )

    def _invoice(self, order: Row, times: Times) -> None:
        company = self.rows.rng.random() < 0.3
        self.rows.add(
            "invoices",
            order_number=order["number"],
            kind="企业" if company else "个人",
            title="云帆信息技术有限公司" if company else order["recipient"],
            tax_number="91330100MA2AXDEMO1" if company else "",
            email="caller@example.com",
            amount_fen=order["total_fen"],
            status="已开具",
            requested=times.delivered,
        )

    def _ticket(self, order: Row, line: Row) -> None:
        kind, department = self.rows.rng.choice(
            [("complaint_quality", "质检部"), ("logistics", "物流部"), ("complaint_service", "客户关系部")]
        )
        day = self.rows.day(self.rows.rng.randint(0, 3))
        created = max(datetime.combine(day, time(8)), order["created"])
        count = sum(1 for row in self.rows["tickets"] if row["number"].startswith(f"{created:%y%m%d}"))
        self.rows["tickets"].append(
            {
                "number": f"{created:%y%m%d}3{count + 501:03d}",
                "kind": kind,
                "order_number": order["number"],
                "item": line["short"],
                "customer_id": order["customer_id"],
                "caller": order["phone"],
                "severity": "normal",
                "remedy": "尽快处理",
                "summary": f"{line['short']}需要{department}跟进",
                "transcript": "",
                "department": department,
                "status": "待处理",
                "created": created,
                "due": created + timedelta(hours=48),
            }
        )

    def _opinion(self, order: Row, times: Times) -> None:
        self.rows.add(
            "satisfactions",
            phone=order["phone"],
            customer_id=order["customer_id"],
            order_number=order["number"],
            score=self.rows.rng.choices([5, 4, 3, 2, 1], [50, 28, 12, 6, 4])[0],
            comment="",
            created=times.closed or times.delivered,
        )
