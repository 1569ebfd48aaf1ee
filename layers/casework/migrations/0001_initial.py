import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        ("agencies", "0001_initial"),
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="Source"),
                ),
                (
                    "is_generated",
                    models.BooleanField(db_default=False, verbose_name="Generated for demonstration"),
                ),
                ("search_text", models.TextField(blank=True, db_default="", editable=False)),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=settings.STORE_SRID, verbose_name="Position"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(
                            "geom", settings.WEB_SRID
                        ),
                        output_field=django.contrib.gis.db.models.fields.PointField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("family", models.CharField(max_length=32, verbose_name="Family")),
                ("number", models.CharField(max_length=60, unique=True, verbose_name="Case number")),
                (
                    "joint",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="Joint with",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="Matter")),
                ("category", models.CharField(max_length=80, verbose_name="Category")),
                ("procedure", models.CharField(max_length=40, verbose_name="Procedure")),
                ("state", models.CharField(max_length=40, verbose_name="State")),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("decided", "Decided"),
                            ("closed", "Closed"),
                            ("dismissed", "Not filed"),
                        ],
                        max_length=12,
                        verbose_name="Phase",
                    ),
                ),
                (
                    "lead_source",
                    models.CharField(
                        choices=[
                            ("patrol", "Patrol"),
                            ("complaint", "Complaint"),
                            ("transfer", "Transfer"),
                            ("inspection", "Inspection"),
                            ("sensor", "Sensor"),
                            ("satellite", "Satellite patch"),
                        ],
                        max_length=12,
                        verbose_name="Lead",
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="Facts")),
                (
                    "facts",
                    models.JSONField(blank=True, db_default={}, default=dict, verbose_name="Matters stated"),
                ),
                (
                    "party_kind",
                    models.CharField(
                        choices=[
                            ("person", "Natural person"),
                            ("organisation", "Organisation"),
                            ("none", "No party"),
                        ],
                        max_length=12,
                        verbose_name="Party",
                    ),
                ),
                ("party_name", models.CharField(blank=True, max_length=120, verbose_name="Party's name")),
                (
                    "party_id",
                    models.CharField(blank=True, max_length=20, verbose_name="Party's identity number"),
                ),
                (
                    "party_phone",
                    models.CharField(blank=True, max_length=40, verbose_name="Party's telephone"),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                (
                    "area",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        blank=True, null=True, srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "accuracy",
                    models.FloatField(blank=True, null=True, verbose_name="Accuracy of the position, metres"),
                ),
                ("officers", models.CharField(blank=True, max_length=120, verbose_name="Officers")),
                ("reported", models.DateTimeField(verbose_name="Reported")),
                ("filed", models.DateField(blank=True, null=True, verbose_name="Filed")),
                ("due", models.DateTimeField(blank=True, null=True, verbose_name="Due")),
                ("closed", models.DateField(blank=True, null=True, verbose_name="Closed")),
                (
                    "outcome",
                    models.CharField(blank=True, db_default="", max_length=24, verbose_name="Outcome"),
                ),
                ("resolution", models.TextField(blank=True, verbose_name="Resolution")),
                (
                    "visibility",
                    models.SmallIntegerField(
                        choices=[(0, "Public"), (1, "Signed in"), (2, "Department"), (3, "Restricted")],
                        db_default=2,
                        verbose_name="Visible to",
                    ),
                ),
                (
                    "title_public",
                    models.CharField(
                        blank=True, db_default="", max_length=160, verbose_name="Matter as published"
                    ),
                ),
                (
                    "party_public",
                    models.TextField(blank=True, db_default="", verbose_name="Party as published"),
                ),
                (
                    "summary_public",
                    models.TextField(blank=True, db_default="", verbose_name="Published summary"),
                ),
                (
                    "shown_title",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(then=models.F("category"), title_public=""),
                            default=models.F("title_public"),
                        ),
                        output_field=models.CharField(max_length=160),
                    ),
                ),
                ("search_text_outside", models.TextField(blank=True, db_default="", editable=False)),
                ("revision", models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                ("key", models.UUIDField(blank=True, editable=False, null=True, unique=True)),
                ("last_action", models.DateTimeField(blank=True, null=True, verbose_name="Last action")),
                (
                    "is_generalised",
                    models.BooleanField(db_default=False, default=False, verbose_name="Public at a cell"),
                ),
                (
                    "public_geom",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, editable=False, null=True, srid=settings.STORE_SRID
                    ),
                ),
                (
                    "public_geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(
                            "public_geom", settings.WEB_SRID
                        ),
                        output_field=django.contrib.gis.db.models.fields.PointField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="base.division",
                        verbose_name="Division",
                    ),
                ),
                (
                    "grid_cell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="base.gridcell",
                        verbose_name="Grid cell",
                    ),
                ),
                (
                    "handler",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="handled",
                        to="agencies.officer",
                        verbose_name="Handler",
                    ),
                ),
                (
                    "joined_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joined",
                        to="casework.case",
                        verbose_name="Joined to",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="agencies.officer",
                        verbose_name="Second officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
                "ordering": ["-reported", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="Day")),
                ("is_working", models.BooleanField(verbose_name="Working day")),
                ("note", models.CharField(blank=True, max_length=120, verbose_name="Note")),
            ],
            options={
                "verbose_name": "correction of the calendar",
                "verbose_name_plural": "corrections of the calendar",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="MapSnapshot",
            fields=[
                (
                    "sha256",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="SHA-256"
                    ),
                ),
                ("content", models.JSONField()),
            ],
            options={
                "verbose_name": "map snapshot",
                "verbose_name_plural": "map snapshot",
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("series", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "series of numbers",
                "verbose_name_plural": "series of numbers",
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="account",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                (
                    "decided",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="Decided"),
                ),
                (
                    "paid",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="Paid"),
                ),
                (
                    "owed",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14, verbose_name="Owed"),
                ),
                ("due", models.DateField(null=True, verbose_name="Due")),
            ],
            options={
                "verbose_name": "account of a case",
                "verbose_name_plural": "accounts of cases",
            },
        ),
        migrations.CreateModel(
            name="CaseSummary",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "posts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "late_marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), db_default=[], default=list, size=None
                    ),
                ),
                ("next_due", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "summary of a case",
                "verbose_name_plural": "summaries of cases",
            },
        ),
        migrations.CreateModel(
            name="AssignmentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1, verbose_name="Order")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=40,
                        verbose_name="Code of the category, all if left empty",
                    ),
                ),
                ("post", models.CharField(max_length=24, verbose_name="Code of the post")),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agencies.responsiblebody",
                        verbose_name="Responsible body",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignment_rules",
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
                (
                    "grid_cell",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="base.gridcell",
                        verbose_name="Grid cell, all if left empty",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment rule",
                "verbose_name_plural": "assignment rules",
                "ordering": ["department", "order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("secret", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="Made")),
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to="agencies.officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
            },
        ),
        migrations.CreateModel(
            name="DocumentTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("family", models.CharField(blank=True, max_length=32, verbose_name="Family")),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("version", models.PositiveIntegerField(verbose_name="Version")),
                ("title_zh", models.CharField(max_length=80, verbose_name="Chinese title")),
                ("title_en", models.CharField(max_length=120, verbose_name="English title")),
                ("text", models.TextField(verbose_name="Content")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="Registered")),
                ("made_by", models.CharField(blank=True, max_length=150, verbose_name="By")),
            ],
            options={
                "verbose_name": "document template",
                "verbose_name_plural": "document templates",
                "ordering": ["family", "code", "-version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("family", "code", "version"), name="one_template_a_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("step", "Step"),
                            ("note", "Note"),
                            ("assigned", "Assigned"),
                            ("reminded", "Reminder"),
                            ("handed_over", "Handed over"),
                            ("shared", "Made joint"),
                            ("joined", "Joined"),
                            ("moved", "Position corrected"),
                            ("party", "Party corrected"),
                            ("extended", "Extended"),
                            ("more_time", "Extension asked for"),
                            ("overdue", "Overdue"),
                            ("recalculated", "Recalculated"),
                            ("evidence", "Evidence"),
                            ("document", "Document"),
                            ("publication", "Publication"),
                            ("concerns", "Subjects and relations"),
                            ("receipt", "Receipt"),
                            ("consultation", "Consultation"),
                            ("subtask", "Sub-task"),
                            ("parent", "Case of the sub-task"),
                            ("told", "Told"),
                            ("written", "Written directly"),
                        ],
                        max_length=16,
                        verbose_name="Kind",
                    ),
                ),
                ("step", models.CharField(blank=True, db_default="", max_length=40, verbose_name="Step")),
                (
                    "marks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="Marks",
                    ),
                ),
                (
                    "before",
                    models.CharField(blank=True, db_default="", max_length=40, verbose_name="State before"),
                ),
                (
                    "after",
                    models.CharField(blank=True, db_default="", max_length=40, verbose_name="State after"),
                ),
                ("who", models.CharField(blank=True, db_default="", max_length=150, verbose_name="Name")),
                ("at", models.DateTimeField(verbose_name="Time")),
                ("device_time", models.DateTimeField(null=True, verbose_name="Time of the device")),
                (
                    "position",
                    django.contrib.gis.db.models.fields.PointField(
                        null=True, spatial_index=False, srid=settings.STORE_SRID, verbose_name="Position"
                    ),
                ),
                ("accuracy", models.FloatField(null=True, verbose_name="Accuracy, metres")),
                ("data", models.JSONField(default=dict, verbose_name="Content")),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                        verbose_name="Officer",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                        verbose_name="Second officer",
                    ),
                ),
                (
                    "map_snapshot",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="casework.mapsnapshot",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Document")),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("number", models.CharField(blank=True, max_length=80, verbose_name="Number")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="Bytes")),
                ("template", models.CharField(max_length=60, verbose_name="Template")),
                ("made_at", models.DateTimeField(verbose_name="Made")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="casework.event",
                        verbose_name="Step",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("document", "Document"),
                            ("physical", "Physical evidence"),
                            ("audio_visual", "Audio-visual material"),
                            ("electronic", "Electronic data"),
                            ("testimony", "Testimony"),
                            ("statement", "Statement of the party"),
                            ("opinion", "Expert opinion"),
                            ("scene_record", "Inspection or scene record"),
                        ],
                        max_length=16,
                        verbose_name="Kind",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=160, verbose_name="Title")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="Bytes")),
                ("media_type", models.CharField(max_length=80, verbose_name="Media type")),
                ("file_name", models.CharField(max_length=160, verbose_name="File name")),
                ("captured", models.DateTimeField(null=True, verbose_name="Captured, the device's time")),
                ("received", models.DateTimeField(verbose_name="Received, the server's time")),
                (
                    "position",
                    django.contrib.gis.db.models.fields.PointField(
                        null=True, spatial_index=False, srid=settings.STORE_SRID, verbose_name="Position"
                    ),
                ),
                ("accuracy", models.FloatField(null=True, verbose_name="Accuracy, metres")),
                ("heading", models.FloatField(null=True, verbose_name="Heading")),
                ("device", models.CharField(blank=True, max_length=160, verbose_name="Device")),
                (
                    "outside",
                    models.CharField(blank=True, db_default="", max_length=40, verbose_name="Role outside"),
                ),
                ("exif", models.JSONField(default=dict)),
                (
                    "findings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("key", models.UUIDField(null=True, unique=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "copy",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="whole",
                        to="casework.evidence",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="derivatives",
                        to="casework.evidence",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Limit")),
                ("length", models.PositiveIntegerField(verbose_name="Length")),
                ("unit", models.CharField(max_length=16, verbose_name="Unit")),
                ("started", models.DateTimeField(verbose_name="Started")),
                ("due", models.DateTimeField(null=True, verbose_name="Due")),
                ("warn", models.DateTimeField(null=True, verbose_name="Warning from")),
                ("ended", models.DateTimeField(null=True, verbose_name="Ended")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("stopped", "Clock stopped"),
                            ("met", "Met"),
                            ("missed", "Missed"),
                            ("dropped", "No longer applies"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="Status",
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[("agency", "The agency"), ("party", "The party")],
                        db_default="agency",
                        default="agency",
                        max_length=8,
                        verbose_name="Of whom",
                    ),
                ),
                (
                    "measures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        db_default=[],
                        default=list,
                        size=None,
                        verbose_name="What it measures",
                    ),
                ),
                ("extensions", models.JSONField(default=list, verbose_name="Extensions")),
                ("pauses", models.JSONField(default=list, verbose_name="Pauses")),
                ("told_overdue", models.BooleanField(default=False)),
                ("told_due", models.BooleanField(db_default=False, default=False)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
            ],
            options={
                "verbose_name": "time limit",
                "verbose_name_plural": "time limits",
                "ordering": ["due", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("step", "A step was taken"),
                            ("new", "New case"),
                            ("assigned", "Assigned to you"),
                            ("reminded", "Reminder"),
                            ("handed_over", "Handed over to your department"),
                            ("shared", "To be handled together"),
                            ("extended", "Extended"),
                            ("to_extend", "Extension asked for"),
                            ("due", "Due soon"),
                            ("overdue", "Overdue"),
                            ("asked", "Your opinion is asked"),
                            ("answered", "Opinion given"),
                            ("confirm", "Evidence to confirm"),
                            ("subtask", "Sub-task"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "addressee",
                    models.CharField(
                        choices=[("officer", "Officer"), ("party", "Party"), ("reporter", "Reporter")],
                        max_length=10,
                        verbose_name="To",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        db_default="portal", default="portal", max_length=16, verbose_name="Channel"
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="Attempts"),
                ),
                ("send_at", models.DateTimeField(null=True, verbose_name="To be sent")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="Given up")),
                (
                    "problem",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="Problem"),
                ),
                ("made_at", models.DateTimeField(verbose_name="Time")),
                ("delivered_at", models.DateTimeField(null=True, verbose_name="Delivered")),
                ("read_at", models.DateTimeField(null=True, verbose_name="Read")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="casework.event",
                    ),
                ),
                (
                    "limit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="casework.limit",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="agencies.officer",
                        verbose_name="Officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=40, verbose_name="Takes part as")),
                (
                    "is_principal",
                    models.BooleanField(
                        db_default=False, default=False, editable=False, verbose_name="Principal party"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("person", "Natural person"),
                            ("organisation", "Organisation"),
                            ("none", "No party"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="Name")),
                ("identity", models.CharField(blank=True, max_length=20, verbose_name="Identity number")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("head", models.CharField(blank=True, max_length=120, verbose_name="Legal representative")),
                (
                    "representative",
                    models.CharField(blank=True, max_length=120, verbose_name="Representative"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="parties",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
            ],
            options={
                "verbose_name": "party of a case",
                "verbose_name_plural": "parties of cases",
                "ordering": ["-is_principal", "pk"],
            },
        ),
        migrations.CreateModel(
            name="PendingUpload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outside",
                    models.CharField(blank=True, db_default="", max_length=40, verbose_name="Role outside"),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="Bytes")),
                ("file_name", models.CharField(max_length=160, verbose_name="File name")),
                ("received", models.DateTimeField(verbose_name="Received")),
                ("until", models.DateTimeField(db_index=True, verbose_name="Kept until")),
                ("key", models.UUIDField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pending_uploads",
                        to="casework.case",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="agencies.officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "pending upload",
                "verbose_name_plural": "pending uploads",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Phrase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="Text")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phrases",
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phrases",
                        to="agencies.officer",
                        verbose_name="Officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "phrase",
                "verbose_name_plural": "phrases",
                "ordering": ["officer", "text"],
            },
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("root", models.CharField(max_length=40, verbose_name="Basic procedure")),
                ("version", models.PositiveIntegerField(verbose_name="Version")),
                ("family", models.CharField(max_length=32, verbose_name="Family")),
                ("title_zh", models.CharField(max_length=80, verbose_name="Chinese title")),
                ("title_en", models.CharField(max_length=120, verbose_name="English title")),
                ("text", models.TextField(verbose_name="Content")),
                ("principal", models.CharField(max_length=40, verbose_name="Principal party")),
                ("bases", models.JSONField(db_default={}, default=dict, verbose_name="Texts it extends")),
                ("is_current", models.BooleanField(default=True, verbose_name="In force")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="Registered")),
                ("made_by", models.CharField(blank=True, max_length=150, verbose_name="By")),
            ],
            options={
                "verbose_name": "procedure version",
                "verbose_name_plural": "procedure versions",
                "ordering": ["code", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version"), name="one_text_a_version"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("code",),
                        name="one_version_in_force",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="case",
            name="version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="casework.procedureversion",
                verbose_name="Version",
            ),
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("published", "Published"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("expired", "Expired"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="Publication",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="Matter")),
                ("party", models.TextField(blank=True, verbose_name="Party, masked")),
                ("summary", models.TextField(blank=True, verbose_name="Summary, masked")),
                ("proposed_at", models.DateTimeField(verbose_name="Proposed")),
                ("published_at", models.DateTimeField(null=True, verbose_name="Published")),
                ("until", models.DateField(null=True, verbose_name="Public until")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="Ended")),
                ("reason", models.TextField(blank=True, verbose_name="Reason")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publications",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="agencies.officer"
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "publication",
                "verbose_name_plural": "publications",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=40, verbose_name="Role")),
                ("number", models.CharField(max_length=12, unique=True, verbose_name="Receipt number")),
                ("secret", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField(verbose_name="Issued")),
                ("letters", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="Revoked")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="receipts",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                        verbose_name="Issued by",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt of a case",
                "verbose_name_plural": "receipts of cases",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="MailAddress",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="E-mail address")),
                ("site", models.CharField(max_length=300, verbose_name="Address of the portal")),
                ("key", models.CharField(max_length=40, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="Asked for")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="Confirmed")),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail",
                        to="casework.receipt",
                    ),
                ),
            ],
            options={
                "verbose_name": "address of a receipt's holder",
                "verbose_name_plural": "addresses of receipts' holders",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField()),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seal", to="casework.event"
                    ),
                ),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=40, verbose_name="Layer")),
                ("feature", models.BigIntegerField(verbose_name="Feature")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
            ],
            options={
                "verbose_name": "subject of a case",
                "verbose_name_plural": "subjects of cases",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseRelation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("follows", "Follows"),
                            ("part", "Part of"),
                            ("carried_over", "Carried over from"),
                            ("related", "Related to"),
                            ("child", "Sub-task of"),
                        ],
                        max_length=16,
                        verbose_name="Relation",
                    ),
                ),
                ("step", models.CharField(blank=True, db_default="", max_length=40, verbose_name="Step")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="related_from",
                        to="casework.case",
                        verbose_name="Other case",
                    ),
                ),
            ],
            options={
                "verbose_name": "relation of cases",
                "verbose_name_plural": "relations of cases",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "other"), name="one_relation_of_two_cases"),
                    models.CheckConstraint(
                        condition=models.Q(("case", models.F("other")), _negated=True),
                        name="related_to_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consultation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=40, verbose_name="Step")),
                ("asked_at", models.DateTimeField(verbose_name="Asked")),
                ("due", models.DateTimeField(verbose_name="Due")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("answered", "Answered"),
                            ("silent", "No answer in time"),
                            ("dropped", "No longer asked"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="Status",
                    ),
                ),
                (
                    "opinion",
                    models.CharField(
                        blank=True,
                        choices=[("agrees", "Agrees"), ("objects", "Objects")],
                        max_length=10,
                        verbose_name="Opinion",
                    ),
                ),
                ("text", models.TextField(blank=True, verbose_name="Explanation")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="Answered")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consultations",
                        to="casework.case",
                        verbose_name="Case",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="agencies.officer",
                        verbose_name="Answered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation",
                "verbose_name_plural": "consultations",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "waiting")),
                        fields=["department", "due"],
                        name="consultation_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="Day")),
                ("text", models.TextField(verbose_name="Correction")),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="agencies.officer",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="casework.event",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction of a day's record",
                "verbose_name_plural": "corrections of days' records",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["officer", "day"], name="correction_officer_day")],
            },
        ),
        migrations.AddIndex(
            model_name="limit",
            index=models.Index(
                condition=models.Q(("status", "running")),
                fields=["due", "case", "warn"],
                name="limit_running_due",
            ),
        ),
        migrations.AddIndex(
            model_name="limit",
            index=models.Index(
                condition=models.Q(("status", "met"), _negated=True),
                fields=["case", "status", "due", "ended", "of"],
                include=("measures",),
                name="limit_case_late",
            ),
        ),
        migrations.AddIndex(
            model_name="limit",
            index=models.Index(
                condition=models.Q(
                    models.Q(("extensions", []), _negated=True),
                    models.Q(("pauses", []), _negated=True),
                    _connector="OR",
                ),
                fields=["case", "of"],
                name="limit_postponed",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["officer", "at"], name="event_officer_at"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["case", "kind"], name="event_case_kind"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["officer", "-id"], name="notice_officer"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("channel", "portal"), ("read_at", None)),
                fields=["officer"],
                name="notice_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("delivered_at", None), ("failed_at", None), ("send_at__isnull", False)),
                fields=["channel", "send_at"],
                name="notice_to_send",
            ),
        ),
        migrations.AddConstraint(
            model_name="party",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_principal", True)), fields=("case",), name="one_principal"
            ),
        ),
        migrations.AddConstraint(
            model_name="pendingupload",
            constraint=models.UniqueConstraint(
                fields=("case", "officer", "outside", "sha256"),
                name="one_pending_upload_a_file",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="phrase",
            constraint=models.UniqueConstraint(
                fields=("department", "officer", "text"), name="one_phrase_once", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="case_web"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GistIndex(
                fields=["public_geom_3857"], name="case_public_web"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(fields=["joint"], name="case_joint"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed", None)), fields=["due", "id"], name="case_open_due"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed", None), models.Q(("joint", []), _negated=True)),
                fields=["due"],
                name="case_joint_due",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed", None)), fields=["handler", "due"], name="case_handler_due"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["-last_action"], name="case_last_action"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["reported"], name="case_reported"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(
                    django.db.models.expressions.RawSQL(
                        "COALESCE(reported AT TIME ZONE 'Asia/Shanghai', filed::timestamp)", ()
                    ),
                    descending=True,
                    nulls_last=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="case_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(
                    django.db.models.expressions.RawSQL("filed::timestamp", ()),
                    descending=True,
                    nulls_last=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("visibility__lte", 1)),
                name="case_shown_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["handler", "closed"], name="case_handler_closed"),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["proposed", "published"])),
                fields=("case",),
                name="one_passage_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)),
                fields=("case", "role"),
                name="one_receipt_in_force_a_role",
            ),
        ),
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(fields=["layer", "feature"], name="subject_feature"),
        ),
        migrations.AddConstraint(
            model_name="subject",
            constraint=models.UniqueConstraint(fields=("case", "layer", "feature"), name="one_subject_once"),
        ),
    ]
