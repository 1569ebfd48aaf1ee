"""Mappings of delivered tables to the library of violations and its discretion standard."""

from layers.registry.declaration.mapping import Column, ImportMapping

VIOLATIONS = ImportMapping(
    columns=(
        Column("code", ("code", "事项编码", "事项代码"), required=True),
        Column("name", ("name", "违法行为", "事项名称"), required=True),
        Column("name_en", ("name_en", "英文名称")),
        Column(
            "department",
            ("department", "部门代码", "执法部门"),
            required=True,
            match="code",
            create=("code", "name"),
        ),
        Column("violated", ("violated", "违反条款", "违法依据"), required=True),
        Column("penalised", ("penalised", "处罚依据", "处罚条款"), required=True),
        Column("measures", ("measures", "罚款以外的处理", "其他处罚")),
        Column("base", ("base", "幅度说明")),
        Column("least", ("least", "最低罚款")),
        Column("most", ("most", "最高罚款")),
        Column("valid_from", ("valid_from", "生效日期"), required=True),
        Column("valid_until", ("valid_until", "失效日期")),
    ),
    key=("code",),
)
DISCRETION = ImportMapping(
    columns=(
        Column("violation", ("violation", "事项编码", "事项代码"), required=True, match="code"),
        Column("grade", ("grade", "裁量档次", "裁量阶次"), required=True),
        Column("circumstances", ("circumstances", "适用情形", "适用条件"), required=True),
        Column("least", ("least", "罚款下限"), required=True),
        Column("most", ("most", "罚款上限"), required=True),
    ),
    key=("violation", "grade"),
)
