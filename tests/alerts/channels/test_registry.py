"""Each channel of the registry has all that delivery asks of one."""

import pytest

from alerts.channels import CHANNELS, QUEUES, of_queue
from alerts.delivery.ways import WAYS
from alerts.models import Delivery
from alerts.models.deliveries import TARGETS

NAMES = [channel.name for channel in CHANNELS]


def test_the_registry_the_ways_and_the_model_name_the_same_channels():
    assert set(NAMES) == set(Delivery.Channel.values) == WAYS.keys()


@pytest.mark.parametrize("channel", CHANNELS, ids=NAMES)
def test_what_a_channel_goes_to_is_the_column_that_the_database_asks_for(channel):
    key = TARGETS[channel.name]
    assert channel.target == (Delivery._meta.get_field(key).attname if key else None)


def test_each_channel_has_a_queue_whose_workers_send_it():
    assert [each.name for queue in QUEUES for each in of_queue(queue)] == NAMES


def test_what_is_the_learners_own_goes_before_what_goes_beside_it():
    for queue in QUEUES:
        beside = [channel.beside for channel in of_queue(queue)]
        assert beside == sorted(beside)
