from layers.registry.declaration.mapping import Column, ImportMapping

BENCHES = ImportMapping(
    columns=(
        Column("code", ("code", "编号"), required=True),
        Column("material", ("material", "材质")),
        Column("repair_cost", ("repair_cost", "维修费用")),
        Column("keeper_phone", ("keeper_phone", "看护人电话")),
        Column("department", ("department", "部门"), match="code"),
        Column("visibility", ("visibility", "可见范围")),
    ),
    key=("code",),
    defaults={"material": "wood"},
)
