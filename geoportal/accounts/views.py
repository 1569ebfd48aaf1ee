"""Who is signed in, and what that lets them see."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from layers.agencies.models import Department

from .models import User


@login_required
def me(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    departments = Department.objects.filter(code__in=person.department_codes())
    return render(request, "accounts/me.html", {"person": person, "departments": departments})
