"""The row of a case's account, which figures count by."""

from layers.casework import models
from layers.casework.rules.money.account import Account


def account_row(case: models.Case, account: Account) -> models.Account:
    return models.Account(
        case=case,
        decided=account.decided,
        paid=account.held,
        owed=account.owed,
        due=account.due,
    )
