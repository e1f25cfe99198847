"""Options over the environment over the defaults; a value that cannot be meant is named."""

import pytest

from dashboard.settings import SETTINGS, SettingError, load


def test_an_option_wins_over_the_environment_and_that_over_the_default() -> None:
    found = load({"topic": "t", "kafka": None}, {"CALLFLOOR_TOPIC": "e", "CALLFLOOR_KAFKA": "k:1"})
    assert (found.topic, str(found.kafka), found.redis.url) == ("t", "k:1", "redis://127.0.0.1:6379/0")


def test_every_setting_of_the_table_is_read_from_its_variable() -> None:
    values = {"kafka": "a:1,b:2", "redis": "redis://r:1", "site": "s.toml", "topic": "t", "listen": "127.0.0.1:9"}
    values |= {"actions": "a", "notify": "json://n", "zone": "Asia/Shanghai"}
    access = {setting.name: setting.default for setting in SETTINGS if setting.name.startswith(("kafka-", "redis-"))}
    assert {*values, *access} == {setting.name for setting in SETTINGS}
    found = load({}, {setting.variable: values.get(setting.name, setting.default) for setting in SETTINGS})
    assert found.values == values | access
    assert {name: str(getattr(found, name)) for name in values} == values


def test_no_site_file_is_none_and_the_address_is_split() -> None:
    assert load({}, {}).site is None
    assert load({"listen": "[::1]:80"}, {}).address == ("::1", 80)


@pytest.mark.parametrize("kafka", ["localhost", "localhost:", ":9092", "a:1,b", "a:99999"])
def test_a_broker_that_is_no_host_and_port_is_an_error(kafka: str) -> None:
    with pytest.raises(SettingError, match="kafka: .* is not host:port"):
        load({"kafka": kafka}, {})


@pytest.mark.parametrize("listen", ["0.0.0.0:8050", "10.0.0.1:8050", "board.example:80", "[::]:80"])
def test_the_board_is_not_opened_to_a_network_without_sign_in(listen: str) -> None:
    with pytest.raises(SettingError, match="no sign-in yet"):
        load({"listen": listen}, {})


def test_a_port_alone_is_answered_with_an_address_of_the_board() -> None:
    with pytest.raises(SettingError, match="listen: '8050' is not host:port, for instance 127.0.0.1:8050"):
        load({"listen": "8050"}, {})
