"""The whole: those who decide, the controller, town halls."""

from tests.web.matrix import CONTROL, DECIDERS, SEATED, Row

ROWS = {
    "steering:dashboard": Row(DECIDERS | CONTROL | {"gaelle"}),
    "steering:search": Row(SEATED),
}
