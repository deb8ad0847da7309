"""The whole: those who decide, the controller, town halls."""

from tests.web.matrix import CONTROL, DECIDERS, SEATED, Row

WATCHING = DECIDERS | CONTROL | {"gaelle"}
ROWS = {
    "steering:dashboard": Row(WATCHING),
    "steering:needs": Row(WATCHING),
    "steering:loans": Row(WATCHING),
    "steering:ordered": Row(WATCHING),
    "steering:late": Row(WATCHING),
    "steering:search": Row(SEATED),
}
