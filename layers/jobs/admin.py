"""The portal's own pages show the jobs; the library's table of the queue says nothing beside them."""

from django.contrib import admin
from django_tasks_db.models import DBTaskResult

if admin.site.is_registered(DBTaskResult):
    admin.site.unregister(DBTaskResult)
