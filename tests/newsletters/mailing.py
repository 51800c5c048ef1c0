"""A mail server that the newsletters of a test are sent to, as fast as it takes them."""

import pytest

from tests.smtp import mail_server


@pytest.fixture
def server(settings):
    settings.MAIL_PER_MINUTE = 0
    with mail_server(settings) as server:
        yield server
