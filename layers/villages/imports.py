"""Mapping of delivered files to village sites."""

from ..registry.declaration.mapping import Column, ImportMapping
from ..registry.declaration.values import day, division_code, moment

SITES = ImportMapping(
    columns=(
        Column("code", ("code", "站点编号", "编号"), required=True),
        Column("name", ("name", "名称", "站点名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column("kind", ("kind", "站点类型", "类型"), required=True),
        Column("status", ("status", "状态"), required=True),
        Column("village", ("village", "村代码", "区划代码"), division_code, match="code"),
        Column("address", ("address", "地址")),
        Column("manager", ("manager", "管理员")),
        Column("telephone", ("telephone", "phone", "联系电话")),
        Column("opened", ("opened", "开通日期"), day),
        Column("area", ("area", "面积")),
        Column("seats", ("seats", "座位")),
        Column("computers", ("computers", "电脑")),
        Column("bandwidth", ("bandwidth", "带宽")),
        Column("medium", ("medium", "接入方式")),
        Column("operator", ("operator", "运营商")),
        Column("hours", ("hours", "开放时间")),
        Column("is_demonstration", ("is_demonstration", "信息化示范村")),
        Column("last_heartbeat", ("last_heartbeat", "最近心跳"), moment),
        Column("last_inspection", ("last_inspection", "最近巡检"), day),
    ),
    key=("code",),
    defaults={"kind": "network", "status": "online"},
)
