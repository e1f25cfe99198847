"""The processes of ``callfloor run``: each has the settings, and only the web server the key of the sessions."""

import secrets
from pathlib import Path

from dashboard.access.site_key import SiteKey
from dashboard.cli.run import roles
from dashboard.settings import load


def test_a_web_server_that_is_started_again_has_the_key_of_this_start() -> None:
    key = load({}, {}).key
    consume, publish, serve = roles(load({}, {}).values, key, no_group=True)
    assert load({}, serve.environment).key.secret == key.secret
    assert key.secret.hex() not in {*consume.environment.values(), *publish.environment.values()}
    assert key.secret.hex() not in f"{serve.command} {serve!r}"


def test_a_key_file_is_read_by_the_web_server_itself(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(secrets.token_bytes(32))
    file.chmod(0o600)
    settings = load({"key_file": str(file)}, {})
    serve = roles(settings.values, settings.key, no_group=False)[-1]
    assert load({}, serve.environment).key == SiteKey(file.read_bytes())
    assert settings.key.secret.hex() not in serve.environment.values()
