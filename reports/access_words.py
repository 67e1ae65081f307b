"""What the access matrix is called, in Chinese and English: for the judge's sentences and for the picture."""

from collections.abc import Mapping

from reports.verdict import Text

KINDS: Mapping[str, Text] = {
    "order": Text(zh="订单", en="order"),
    "order list": Text(zh="订单列表", en="order list"),
    "order record": Text(zh="订单接口数据", en="order record (interface)"),
    "invoice": Text(zh="发票", en="invoice"),
    "return": Text(zh="退货申请", en="return request"),
    "address": Text(zh="收货地址", en="address"),
    "wish list": Text(zh="心愿单", en="wish list"),
    "cart": Text(zh="购物车", en="cart"),
    "profile": Text(zh="个人信息", en="profile"),
    "seller's goods": Text(zh="商品（销售商页面）", en="goods (seller's page)"),
    "seller's order": Text(zh="订单（销售商页面）", en="order (seller's page)"),
    "seller's order list": Text(zh="订单列表（销售商页面）", en="order list (seller's page)"),
    "operator's order": Text(zh="订单（运营方页面）", en="order (operator's page)"),
    "operator's order list": Text(zh="订单列表（运营方页面）", en="order list (operator's page)"),
    "operator's price": Text(zh="价格维护页", en="price form"),
    "operator's user": Text(zh="用户资料", en="user record"),
    "operator's user list": Text(zh="用户列表", en="user list"),
    "voucher": Text(zh="优惠券", en="voucher"),
}
"""Kind of object to its name; the operator's and sellers' pages are named as such."""

VERBS: Mapping[str, Text] = {
    "read": Text(zh="读取", en="read"),
    "change": Text(zh="修改", en="change"),
    "delete": Text(zh="删除或取消", en="take away"),
}

SHORT_VERBS: Mapping[str, Text] = {
    "read": Text(zh="读", en="read"),
    "change": Text(zh="改", en="edit"),
    "delete": Text(zh="删", en="del"),
}

ROLES: Mapping[str, Text] = {
    "owner": Text(zh="本人", en="owner"),
    "buyer_a": Text(zh="买家甲", en="buyer A"),
    "buyer_b": Text(zh="买家乙", en="buyer B"),
    "seller_a": Text(zh="销售商甲", en="seller A"),
    "seller_b": Text(zh="销售商乙", en="seller B"),
    "operator": Text(zh="运营方", en="the operator"),
    "visitor": Text(zh="访客", en="visitor"),
    "ended": Text(zh="已退出的会话", en="ended session"),
}

STATES: Mapping[str, Text] = {
    "own": Text(zh="本人可用", en="works for its owner"),
    "refused": Text(zh="已拒绝（前后均有证明）", en="refused, and proven so"),
    "shown": Text(zh="显示了他人数据", en="somebody else's data was shown"),
    "altered": Text(zh="所有者发现数据被更改或消失", en="its owner found it changed, or gone"),
    "pointer": Text(zh="会话退出后仍可读取，见3.1.3.1", en="still read after logging out: see 3.1.3.1"),
    "unproven": Text(zh="无法判定", en="could not be told"),
    "entitled": Text(zh="本就有权，未尝试", en="entitled to it, not tried"),
    "absent": Text(zh="没有该角色可用", en="this role could not be had"),
    "lacking": Text(zh="平台没有，或适配文件未描述", en="the shop has none, or its adapter describes none"),
    "none": Text(zh="不涉及", en="nothing to try"),
}
"""What a cell of the picture says."""
