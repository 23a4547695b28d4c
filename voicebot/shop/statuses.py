"""The states of an order, and how they are called."""

from __future__ import annotations

STATUSES: dict[str, str] = {
    "unpaid": "待付款",
    "to_ship": "待发货",
    "shipped": "已发货",
    "in_transit": "运输中",
    "out_for_delivery": "派送中",
    "problem": "派送异常",
    "delivered": "已签收",
    "completed": "已完成",
    "cancelled": "已取消",
    "returning": "退货中",
    "exchanging": "换货中",
    "refunded": "已退款",
    "bounced": "退回中",
}
"""Code -> the word that is said."""

BEFORE_SHIPPING = frozenset({"unpaid", "to_ship"})
ON_THE_WAY = frozenset({"shipped", "in_transit", "out_for_delivery", "problem"})
RECEIVED = frozenset({"delivered", "completed"})
OVER = frozenset({"cancelled", "refunded"})
"""Nothing more is sold or sent under these."""
