"""Mappings of delivered files to service counters and items."""

from ..registry.declaration.mapping import Column, ImportMapping

COUNTERS = ImportMapping(
    columns=(
        Column("name", ("name", "窗口名称", "名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column("unit", ("unit", "所在单位"), match="name"),
        Column("address", ("address", "地址")),
        Column("phone", ("phone", "telephone", "电话", "联系电话")),
        Column("hours", ("hours", "办理时间")),
    ),
    key=("source", "name", "address"),
)
ITEMS = ImportMapping(
    columns=(
        Column("code", ("code", "事项编码"), required=True),
        Column("name", ("name", "事项名称", "名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column("department", ("department", "部门代码"), match="code", create=("code", "name")),
        Column("theme", ("theme", "主题"), required=True),
        Column("audience", ("audience", "服务对象"), required=True),
        Column("conditions", ("conditions", "受理条件")),
        Column("materials", ("materials", "申请材料")),
        Column("process", ("process", "办理流程")),
        Column("basis", ("basis", "设定依据")),
        Column("statutory_limit", ("statutory_limit", "法定期限")),
        Column("promised_limit", ("promised_limit", "承诺期限")),
        Column("fee", ("fee", "收费")),
        Column("result", ("result", "办理结果")),
        Column("online_depth", ("online_depth", "网办深度"), required=True),
        Column("visits", ("visits", "到现场次数")),
    ),
    key=("code",),
    defaults={"online_depth": "information"},
)
