"""What axe does not look at: text that is spread out, groups of fields, lists, links, code."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from tests.browser import DESKTOP, Visit
from tests.screens import test_pages
from tests.web import world as worlds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
world = test_pages.world
# RGAA 10.12: these four at once lose nothing.
SPREAD = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5em !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return [...document.querySelectorAll('main *')].filter(e => {
    const style = getComputedStyle(e);
    const cut = style.overflowX === 'hidden' || style.overflowY === 'hidden';
    return cut && e.clientWidth > 2 && e.innerText && e.scrollHeight > e.clientHeight + 2;
  }).map(e => 'cut when spread: ' + e.outerHTML.slice(0, 120));
}"""
WRITTEN = """() => {
  const wrong = [], all = s => [...document.querySelectorAll(s)];
  const ids = all('[id]').map(e => e.id);
  ids.filter((id, k) => ids.indexOf(id) !== k).forEach(id => wrong.push('id twice: ' + id));
  all('center,font,big,tt,strike,u,basefont,blink,marquee').forEach(
    e => wrong.push('for its looks: ' + e.tagName));
  all('li').filter(e => !e.closest('ul,ol,menu')).forEach(() => wrong.push('li outside a list'));
  all('ul > :not(li), ol > :not(li)').forEach(e => wrong.push('in a list: ' + e.tagName));
  all('dl > :not(dt):not(dd):not(div)').forEach(e => wrong.push('in a dl: ' + e.tagName));
  const groups = {};
  all('input[type=radio], main input[type=checkbox]').forEach(
    e => (groups[e.name] = groups[e.name] || []).push(e));
  Object.entries(groups).filter(([, some]) => some.length > 1).forEach(([name, some]) => {
    const legend = some[0].closest('fieldset')?.querySelector('legend')?.innerText.trim();
    if (!legend && !some[0].closest('table')) wrong.push('group without its legend: ' + name);
  });
  const said = {};
  all('main a[href]').forEach(e => {
    const text = (e.getAttribute('aria-label') || e.innerText).trim();
    if (said[text] && said[text] !== e.href && !e.closest('li,td,th,p,dd,nav'))
      wrong.push('two links say: ' + text);
    said[text] = e.href;
  });
  return wrong;
}"""


@pytest.mark.parametrize("area", test_pages.AREAS)
def test_every_page_is_written_in_order_and_may_be_spread_out(
    area: str, world: worlds.World, open_browser: Callable[..., Visit]
) -> None:
    visits: dict[str, Visit] = {}
    defects: list[str] = []
    for name, row, person in test_pages._pages(area):
        if person not in visits:
            visits[person] = open_browser(session=test_pages._session(world, person), size=DESKTOP)
        visit, arguments = visits[person], row.names(world.a, world) if row.names else {}
        visit.go(reverse(name, kwargs=arguments))
        found: list[Any] = [*visit.page.evaluate(WRITTEN), *visit.page.evaluate(SPREAD)]
        found += ["wider than the window when spread"] if visit.overflows() else []
        defects += [f"{name}: {line}" for line in found]

    assert not defects, "\n".join(defects)


def test_a_page_badly_written_does_not_pass(open_browser: Callable[..., Visit]) -> None:
    page = open_browser(size=DESKTOP).page
    page.set_content(
        "<main><center id='a'></center><i id='a'></i><div><li>x</li></div>"
        "<input type='radio' name='x'><input type='radio' name='x'>"
        "<a href='/a'>voir</a><a href='/b'>voir</a>"
        "<div style='height:1em;line-height:1em;overflow:hidden'>un mot</div></main>"
    )

    assert len(page.evaluate(WRITTEN)) == 5
    assert len(page.evaluate(SPREAD)) == 1
