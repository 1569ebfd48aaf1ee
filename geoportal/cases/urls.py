from django.urls import path

from . import board, days, statistics, views

urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/<int:pk>/", views.case, name="case"),
    path("cases/board/", board.board, name="board"),
    path("cases/board/grid.geojson", board.board_grid, name="board-grid"),
    path("cases/statistics/", statistics.statistics, name="statistics"),
    path("cases/statistics/areas.geojson", statistics.statistics_areas, name="statistics-areas"),
    path("cases/statistics/table.csv", statistics.statistics_table, name="statistics-table"),
    path("cases/days/", days.days, name="days"),
]
