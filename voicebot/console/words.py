"""What codes are called in the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

INTENTS = {
    "order_status": "查订单",
    "logistics_trace": "查物流",
    "expedite": "催发货",
    "modify_address": "改地址",
    "cancel_order": "取消订单",
    "return_goods": "退货",
    "exchange_goods": "换货",
    "return_policy": "退换政策",
    "refund_status": "查退款",
    "price_protection": "价保",
    "invoice": "发票",
    "product_info": "商品咨询",
    "stock": "库存",
    "promotion": "活动优惠",
    "installation": "安装",
    "repair_fault": "报修",
    "payment_problem": "支付问题",
    "account": "账户",
    "complaint_quality": "投诉质量",
    "complaint_wrong_item": "发错货",
    "complaint_missing_item": "少件",
    "complaint_price": "投诉价格",
    "complaint_service": "投诉服务",
    "human_agent": "转人工",
    "opt_out": "不要营销",
    "out_of_scope": "听不懂或无关",
    "greeting": "问好",
    "goodbye": "再见",
    "thanks": "道谢",
    "affirm": "肯定",
    "deny": "否定",
    "repeat": "再说一遍",
    "wait": "等一下",
    "help": "求助",
    "smalltalk": "闲聊",
    "inform": "提供信息",
}
MOODS = {
    "satisfied": "满意",
    "neutral": "平静",
    "anxious": "着急",
    "unhappy": "不高兴",
    "angry": "生气",
    "distressed": "危急",
}
OUTCOMES = {
    "resolved": "已解决",
    "transferred": "转人工",
    "unresolved": "未解决",
    "abandoned": "中途挂断",
    "cut": "中断",
    "": "进行中",
}
STATES = {"running": "进行中", "ended": "已结束", "cut": "中断", "broken": "程序出错"}
ENDS = {
    "caller": "客户挂断",
    "bot": "机器人挂断",
    "line": "线路断开",
    "transfer": "转给人工",
    "cut": "程序中断",
    "": "",
}
LINES = {
    "browser": "网页",
    "chat": "文字",
    "text": "文字",
    "twilio": "Twilio",
    "asterisk": "Asterisk",
    "file": "文件",
}
ROLES = {"agent": "坐席", "operations": "运营", "admin": "管理员"}
SPEAKERS = {"caller": "客户", "bot": "机器人", "keys": "按键", "agent": "坐席"}
LIVE_STATES = {"bot": "机器人接待", "waiting": "等待人工", "human": "人工接待"}
SLOTS = {
    "order_number": "订单号",
    "tail_number": "手机尾号",
    "phone": "回电号码",
    "product": "商品",
    "order_date": "下单日期",
    "visit_date": "上门日期",
    "date": "日期",
    "address": "地址",
    "reason": "原因",
    "quantity": "数量",
    "amount": "金额",
    "colour": "颜色",
    "size": "尺码",
    "wanted_variant": "想换的款式",
    "invoice_title": "发票抬头",
    "payee": "抬头",
    "person": "姓名",
    "name": "姓名",
    "recipient": "收货人",
    "remedy": "希望的处理",
    "method": "退回方式",
    "score": "评分",
    "rating": "评分",
    "digits": "数字",
    "time": "时间",
}
"""Details of a sentence."""
ASKED = {
    "customer_by_phone": "按号码找客户",
    "verify_caller": "核验身份",
    "order_by_number": "查订单",
    "orders_of_customer": "客户的订单",
    "match_order": "找相近的订单",
    "logistics": "查物流",
    "refund": "查退款",
    "product": "查商品",
    "stock": "查库存",
    "promotions": "查优惠",
    "check": "核对规则",
    "knowledge": "查知识库",
    "recommend": "推荐商品",
    "create_return": "登记退货",
    "create_exchange": "登记换货",
    "cancel_order": "取消订单",
    "change_address": "改地址",
    "expedite": "催发货",
    "request_invoice": "开发票",
    "apply_price_protection": "退差价",
    "create_ticket": "建工单",
    "request_callback": "登记回电",
    "opt_out": "不再营销",
    "issue_coupon": "发优惠券",
    "book_installation": "约安装",
    "book_repair": "约维修",
    "record_satisfaction": "记评分",
}
"""What the shop is asked, and asked to do."""
KINDS = {
    "complaint_quality": "商品质量",
    "complaint_wrong_item": "发错货",
    "complaint_missing_item": "少件",
    "complaint_price": "价格争议",
    "complaint_service": "服务投诉",
    "repair_fault": "报修",
    "logistics_trace": "物流问题",
    "return_goods": "退货",
    "exchange_goods": "换货",
    "refund_status": "退款",
    "invoice": "发票",
}
"""What a ticket may be about."""
OTHER_KINDS = {"logistics": "物流问题", "complaint": "投诉", "repair": "报修", "service": "服务"}
"""What tickets may be about that others have made."""
NEXT_STEPS = {
    "order_status": "查看下方订单，告诉客户当前状态和预计时间",
    "return_goods": "核对订单和签收日期，说明退货运费，登记退货工单",
    "exchange_goods": "核对库存和款式，登记换货工单",
    "refund_status": "核对退款进度，说明到账时间",
    "logistics_trace": "查看物流，停滞超过两天的登记物流工单",
    "expedite": "联系仓库催发，告诉客户预计时间",
    "repair_fault": "确认故障现象和保修期，登记报修工单",
    "complaint_quality": "先道歉，请客户描述问题，登记质量工单",
    "complaint_wrong_item": "道歉，核对收到的商品，安排补发或退回",
    "complaint_missing_item": "道歉，核对缺少的商品，安排补发",
    "complaint_price": "核对价格保护规则，差价可退的当场登记",
    "complaint_service": "倾听并道歉，登记服务工单，约定回复时间",
    "invoice": "核对抬头和税号，登记开票",
    "modify_address": "未发货的改地址，已发货的联系快递",
    "cancel_order": "核对订单状态，未发货的取消",
    "payment_problem": "确认是否扣款，不要索要卡号",
}
"""What an agent may do about a wish."""
REASONS = {
    "asked": "客户要求",
    "failed": "没听懂",
    "distressed": "情绪危急",
    "angry": "客户生气",
    "unverified": "未核验",
    "system": "系统出错",
    "rule": "规定需人工",
    "unsafe": "内容敏感",
}
ACTS = {
    "look": "查询",
    "do": "办理",
    "handover": "决定转人工",
    "transfer": "转接",
    "transferred": "人工已接",
    "taken": "人工接管",
    "returned": "交还机器人",
    "note": "坐席备注",
    "verified": "身份已核验",
    "resolved": "办结",
    "failed": "未成",
    "barge_in": "客户插话",
}
DEEDS = {
    "login": "登录",
    "login_failed": "登录失败",
    "logout": "退出",
    "reveal": "查看明文",
    "listen": "听录音",
    "export": "导出",
    "erase": "删除个人信息",
    "purge": "到期清除",
    "campaign": "外呼活动",
    "do_not_call": "拒绝来电名单",
    "users": "用户管理",
    "tokens": "接口令牌",
    "correction": "纠错",
    "training": "训练",
    "knowledge": "知识",
    "ticket": "工单",
    "password": "改密码",
    "overhear": "监听通话",
    "whisper": "提示机器人",
    "takeover": "接管通话",
}


def ticket_kind(code: str) -> str:
    """What a ticket is about."""
    return KINDS.get(code) or INTENTS.get(code) or OTHER_KINDS.get(code, code)


def _named(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: table.get(code, code)


FILTERS: dict[str, Callable[[str], str]] = {
    "intent": _named(INTENTS),
    "mood": _named(MOODS),
    "outcome": _named(OUTCOMES),
    "state": _named(STATES),
    "ended": _named(ENDS),
    "line": _named(LINES),
    "role": _named(ROLES),
    "speaker": _named(SPEAKERS),
    "reason": _named(REASONS),
    "live_state": _named(LIVE_STATES),
    "act": _named(ACTS),
    "asked": _named(ASKED),
    "slot": _named(SLOTS),
    "deed": _named(DEEDS),
}
