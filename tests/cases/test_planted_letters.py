"""Letters hold no word that somebody entered, and go to their reader alone, whatever stands in cases and accounts."""

from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core import mail

from geoportal.accounts.mail import send_factor_notice, send_link, send_notice
from geoportal.accounts.models import User
from geoportal.cases.mail.letters import send_question
from layers.casework.cases.receipt_mail import confirmed_addresses
from layers.casework.models import Case, MailAddress
from layers.casework.notices.sender import send_due
from layers.jobs.queue import enqueue
from tests.cases.case_story import CaseStory, story
from tests.cases.test_notice_channels import given
from tests.cases.test_receipt_mail import confirmed, holder, issued, link
from tests.job_worker import work_off
from tests.security.markup import MARKUP
from tests.security.planting import plant

pytestmark = pytest.mark.django_db
__all__ = ["confirmed", "given", "holder", "issued", "link", "story"]
READER = "reader@district.example"
HEADERS = {
    *("subject", "from", "to", "date", "message-id", "mime-version", "content-type"),
    *("content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post"),
}


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.HAS_MAIL_SERVER = True


@pytest.mark.parametrize("words", [MARKUP, f"x\r\nBcc: all@district.example\r\n\r\n{MARKUP}"])
def test_no_letter_repeats_what_was_entered(
    given: Case, confirmed: str, story: CaseStory, words: str
) -> None:
    story.to_notice()
    assert {"casework.Case.title", "accounts.User.first_name"} <= plant(words)
    User.objects.update(email=READER)
    MailAddress.objects.update(email=READER, site="http://testserver")
    person = User.objects.latest("pk")
    enqueue(send_link, person.pk, "http://testserver")
    for letter in (send_notice, send_factor_notice):
        enqueue(letter, person.pk)
    work_off()
    assert send_due() >= 2
    assert confirmed_addresses([story.case.pk]).exists()
    MailAddress.objects.update(confirmed_at=None)
    enqueue(send_question, MailAddress.objects.get().pk)
    work_off()
    assert len({message.subject for message in mail.outbox}) == 6
    for message in mail.outbox:
        sent = message_from_bytes(message.message().as_bytes(), policy=policy.default)
        assert (sent.defects, sent.get_content_type(), sent["To"]) == ([], "text/plain", READER)
        assert {name.lower() for name in sent} <= HEADERS
        whole = f"{sent.items()} {sent.get_content()}"
        assert "script" not in whole
        assert "Bcc" not in whole
