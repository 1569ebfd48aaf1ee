"""The row of a case's account, which figures count by."""

from layers.casework import models
from layers.casework.rules.money.account import Account


def account_row(case: models.Case, account: Account) -> models.Account:
    return models.Account(
        case=case,
        decided=account.decided,
        decided_on=account.decided_on,
        paid=account.held,
        surcharge=account.surcharge,
        owed=account.owed,
        due=account.due,
    )
