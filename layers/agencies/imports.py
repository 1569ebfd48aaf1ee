"""Mapping of delivered files to government units."""

from ..registry.declaration.mapping import Column, ImportMapping

UNITS = ImportMapping(
    columns=(
        Column("name", ("name", "名称", "单位名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column("department", ("department", "所属部门", "部门代码"), match="code", create=("code", "name")),
        Column("address", ("address", "地址")),
        Column("phone", ("phone", "telephone", "电话", "联系电话")),
        Column("hours", ("hours", "办公时间")),
        Column("duties", ("duties", "职责")),
    ),
    key=("source", "name"),
    positionless=True,
)
