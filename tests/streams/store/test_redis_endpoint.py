"""Ways to Redis: what a URL says, and that no password of it is ever printed."""

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.security import Secret
from streams.store.redis_endpoint import Credentials, RedisEndpoint

HOSTS = "10.0.0.7:6379"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"redis://{HOSTS}/0", f"redis://{HOSTS}/0"),
        (f"redis://kim:secret@{HOSTS}/0", f"redis://***@{HOSTS}/0"),
        (f"redis://:se@cret@{HOSTS}", f"redis://***@{HOSTS}"),
        (f"redis://:se/cr?et@{HOSTS}", f"redis://***@{HOSTS}"),
        (f"rediss://{HOSTS}/0?password=secret", f"rediss://{HOSTS}/0?***"),
        ("unix:///x.sock?password=secret", "unix:///x.sock?***"),
        ("redis+sentinel://kim:secret@a:1,b:2/main/3", "redis+sentinel://***@a:1,b:2/main/3"),
        (f"kim:secret@{HOSTS}", f"***@{HOSTS}"),
        (f"Redis://kim:secret@{HOSTS}", f"***@{HOSTS}"),
        ("nonsense", "nonsense"),
        ("redis://default:secret", "redis://***"),
        ("redis://default:secret/0", "redis://***"),
        ("redis+sentinel://s1:secret/main/0", "redis+sentinel://***"),
        (f"redis://{HOSTS}/0#secret", f"redis://{HOSTS}/0?***"),
        ("redis://[::1]:6379/0", "redis://[::1]:6379/0"),
        ("unix://kim:secret@/run/a:b.sock?db=1", "unix://***@/run/a:b.sock?***"),
    ],
)
def test_a_url_is_printed_without_its_password(url: str, shown: str) -> None:
    endpoint = RedisEndpoint(url, password=Secret(value="secret"))
    assert str(endpoint) == shown
    assert "secret" not in repr(endpoint) and "se@cret" not in repr(endpoint)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), min_size=6))
def test_no_password_of_a_url_is_printed(password: str) -> None:
    endpoint = RedisEndpoint(f"redis://kim:{password}@{HOSTS}/0")
    assert str(endpoint) == f"redis://***@{HOSTS}/0"
    assert endpoint.plain_url == f"redis://{HOSTS}/0"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n\r*"), min_size=6))
def test_no_password_in_an_option_of_a_url_is_printed(password: str) -> None:
    for url in (f"redis://{HOSTS}/0?password={quote(password)}", f"unix:///x.sock?db=1&password={quote(password)}"):
        assert RedisEndpoint(url).url_has_password
        assert str(RedisEndpoint(url)) == f"{url.partition('?')[0]}?***"


@pytest.mark.parametrize("name", ["ssl_cert_reqs", "ssl_check_hostname", "ssl_min_version", "ssl_ca_certs"])
def test_no_option_of_a_url_changes_what_tls_checks(name: str) -> None:
    with pytest.raises(ValueError, match=f"redis: {name} after [?] is not taken, since certificate and host name"):
        assert RedisEndpoint(f"rediss://{HOSTS}/0?{name}=none").plain_url


def test_user_and_password_come_from_the_url_unless_they_are_set() -> None:
    url = f"redis://kim:p%40ss@{HOSTS}/0"
    assert RedisEndpoint(url).sign_in() == {"username": "kim", "password": "p@ss"}
    found = RedisEndpoint(url, user="eve", password=Secret(value="own")).sign_in()["credential_provider"]
    assert found.get_credentials() == ("eve", "own")
    default = RedisEndpoint(f"redis://{HOSTS}", password=Secret(value="own")).sign_in()["credential_provider"]
    assert default.get_credentials() == ("own",)


def test_a_password_file_is_read_again_and_the_last_one_kept_while_it_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("\ufefffirst\r\nnot this\n", "utf-8")
    found = Credentials("kim", Secret(file=str(file)))
    assert found.get_credentials() == ("kim", "first")
    file.write_text("second")
    assert found.get_credentials() == ("kim", "second")
    file.unlink()
    assert found.get_credentials() == ("kim", "second")


def test_sentinels_master_and_number() -> None:
    found = RedisEndpoint("rediss+sentinel://u:p@s1:26380,s2,[::1]:5/my%2Fmaster/2")
    assert found.by_sentinel and found.uses_tls
    assert found.sentinels == [("s1", 26380), ("s2", 26379), ("::1", 5)]
    assert (found.master, found.number) == ("my/master", 2)
    assert not RedisEndpoint(f"redis://{HOSTS}").by_sentinel


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("redis+sentinel://s1:1/", "the name of the master is missing"),
        ("redis+sentinel://s1:1/main/x", "the database is no number"),
        ("redis+sentinel://s1:1/main?db=2", "a Sentinel URL takes no options"),
        ("redis+sentinel://s1:secret/main/0", "an address is not host:port"),
        ("s1:1", "it has no scheme"),
    ],
)
def test_a_url_that_cannot_be_meant(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as wrong:
        endpoint = RedisEndpoint(url)
        assert endpoint.sentinels and endpoint.master and endpoint.number
    assert "secret" not in str(wrong.value)


@pytest.mark.parametrize("rest", ["", "/", "/3", "/3/", "?db=3", "/?a=b/c"])
def test_a_database_has_a_number(rest: str) -> None:
    assert RedisEndpoint(f"redis://{HOSTS}{rest}").plain_url == f"redis://{HOSTS}{rest}"


def test_a_database_with_a_name_is_not_taken_for_the_first() -> None:
    with pytest.raises(ValueError, match="the database is no number"):
        assert RedisEndpoint(f"rediss://kim:p@{HOSTS}/callfloor").plain_url
