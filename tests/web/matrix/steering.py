"""The whole: those who decide, the controller, town halls."""

from tests.web.matrix import CONTROL, DECIDERS, OVER_FOREIGN, OVER_OWN, SEATED, Row

WATCHING = DECIDERS | CONTROL | {"gaelle"}


def _device(side, world):
    return {"number": side.device.serial}


ROWS = {
    "steering:dashboard": Row(WATCHING),
    "steering:needs": Row(WATCHING),
    "steering:loans": Row(WATCHING),
    "steering:ordered": Row(WATCHING),
    "steering:late": Row(WATCHING),
    "steering:trace": Row(WATCHING),
    "steering:traced": Row(WATCHING, _device, OVER_OWN, OVER_FOREIGN),
    "steering:search": Row(SEATED),
}
