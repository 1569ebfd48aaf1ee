"""What the database keeps beside the tables of migrations: functions, triggers, indexes, audience views and roles.

All of it is declared, in ``sql/`` folders of the apps or by the layers, and published by one explicit step.
"""
