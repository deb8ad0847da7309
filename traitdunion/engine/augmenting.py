"""
The exact optimum of a market of pairs, repaired from whatever state it is in.

The state is a set of pairs and, for each mentor, the price of a place. It is optimal when every
pair is the young person's best at these prices, nobody who is free would gain by a pair, and no
mentor with a free place has a price. Each thing that is not so is put right by one shortest path
in the network of regrets (Dijkstra with prices, as in Jonker and Volgenant, *A shortest augmenting
path algorithm*, 1987), and none that was right becomes wrong: from nothing it solves, from
yesterday's state it repairs.

Compiled by numba, kept on disk beside the module. Nothing here checks its arguments: `matching`
does.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from traitdunion.engine.loops import Loop

Ints = NDArray[np.int64]
Indexes = NDArray[np.int32]

FREE = -1
FAR = np.iinfo(np.int64).max
# Bids a head in the rough market that precedes the exact one; beyond it, wars of prices.
BIDS = 12


class Graph(NamedTuple):
    """Edges in the order of the young, of weights > 0, and where those of each begin."""

    first: Ints  # shape (young + 1,)
    owner: Indexes  # shape (edges,)
    mentor: Indexes  # shape (edges,)
    weight: Ints  # shape (edges,)
    back_first: Ints  # the same edges by mentor, shape (mentors + 1,)
    back_edge: Ints  # shape (edges,)


class State(NamedTuple):
    """Pairs and prices, changed in place."""

    capacity: Ints  # places of each mentor, shape (mentors,)
    price: Ints  # of a place of each mentor, shape (mentors,)
    chosen: Ints  # edge of each young person or FREE, shape (young,)
    gain: Ints  # of each young person at these prices, shape (young,)
    load: Ints  # places taken, shape (mentors,)
    head: Indexes  # first young person of each mentor, or FREE, shape (mentors,)
    after: Indexes  # next with the same mentor, or FREE, shape (young,)
    before: Indexes  # shape (young,)


class Search(NamedTuple):
    """What one search writes, cleaned after it: sized once for all searches."""

    keys: Ints  # a heap: distances
    nodes: Indexes  # and who is there
    far_mentor: Ints
    far_young: Ints
    by_mentor: Ints  # edge by which a mentor was reached
    by_young: Ints  # edge by which a young person was reached
    through: Indexes  # young person by whose leaving a mentor was reached
    mentors: Indexes  # reached, in order
    young: Indexes


@Loop
def grouped(group, first):
    """The rows of each group in their order, by counting: where those of each begin is known."""
    room = first.copy()
    rows = np.empty(len(group), np.int64)
    for row in range(len(group)):
        rows[room[group[row]]] = row
        room[group[row]] += 1
    return rows


@Loop
def _push(keys, nodes, size, key, node):
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], nodes[at] = keys[above], nodes[above]
        at = above
    keys[at], nodes[at] = key, node
    return size + 1


@Loop
def _pop(keys, nodes, size):
    """Take the first away; it must have been read at index 0."""
    size -= 1
    key, node = keys[size], nodes[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], nodes[at] = keys[below], nodes[below]
        at = below
    keys[at], nodes[at] = key, node
    return size


@Loop
def _join(graph, state, who, edge):
    """Give an edge to a young person who is free."""
    at = graph.mentor[edge]
    first = state.head[at]
    state.after[who], state.before[who] = first, FREE
    if first != FREE:
        state.before[first] = who
    state.head[at] = who
    state.load[at] += 1
    state.chosen[who] = edge


@Loop
def _leave(graph, state, who):
    """Free a young person who has a mentor."""
    at = graph.mentor[state.chosen[who]]
    if state.before[who] == FREE:
        state.head[at] = state.after[who]
    else:
        state.after[state.before[who]] = state.after[who]
    if state.after[who] != FREE:
        state.before[state.after[who]] = state.before[who]
    state.load[at] -= 1
    state.chosen[who] = FREE


@Loop
def _move(graph, state, who, edge):
    if state.chosen[who] != FREE:
        _leave(graph, state, who)
    _join(graph, state, who, edge)


@Loop
def _two_best(graph, state, who):
    """The best edge at these prices, or FREE; what it brings, and what the second best does."""
    best, second, at = 0, 0, FREE
    for edge in range(graph.first[who], graph.first[who + 1]):
        value = graph.weight[edge] - state.price[graph.mentor[edge]]
        if value > best:
            best, second, at = value, best, edge
        elif value > second:
            second = value
    return at, best, second


@Loop
def _lowest(state, offer, place):
    """Who has bid the least for a place of this mentor, whose places are all taken."""
    low = state.head[place]
    other = low
    while other != FREE:
        if offer[other] < offer[low]:
            low = other
        other = state.after[other]
    return low


@Loop
def bid(graph, state):
    """
    A rough market: each takes the best place and pays what makes the second best as good.

    No step is added to a bid, so whoever holds a place holds the best; wars of prices are cut
    after some bids a head.
    """
    young = len(graph.first) - 1
    offer = np.zeros(young, np.int64)
    waiting = np.arange(young - 1, -1, -1).astype(np.int32)
    count, left = young, BIDS * young
    while count > 0 and left > 0:
        left -= 1
        count -= 1
        who = waiting[count]
        edge, best, second = _two_best(graph, state, who)
        if edge == FREE:
            continue
        place = graph.mentor[edge]
        offer[who] = best - second + state.price[place]
        if state.load[place] == state.capacity[place]:
            if best == second:
                # Nobody would win: left to the exact search.
                continue
            low = _lowest(state, offer, place)
            _leave(graph, state, low)
            waiting[count] = low
            count += 1
        _join(graph, state, who, edge)
        if state.load[place] == state.capacity[place]:
            lowest = offer[_lowest(state, offer, place)]
            state.price[place] = max(state.price[place], lowest)


@Loop
def settle(graph, state):
    """
    Bring any state to the optimum over the edges given.

    Prices are >= 0; ``chosen`` is within the capacities; gain, load and lists are made here.
    Returns: how many paths were searched.
    """
    young, mentors = len(graph.first) - 1, len(state.capacity)
    state.load[:] = 0
    state.head[:] = FREE
    for who in range(young):
        state.gain[who] = _two_best(graph, state, who)[1]
        edge = state.chosen[who]
        if edge != FREE:
            if graph.weight[edge] - state.price[graph.mentor[edge]] < state.gain[who]:
                state.chosen[who] = FREE
            else:
                _join(graph, state, who, edge)
    search = _room(len(graph.owner) + young + mentors + 1, young, mentors)
    searched = 0
    for who in range(young):
        if state.chosen[who] == FREE and state.gain[who] > 0:
            searched += 1
            _place(graph, state, search, who)
    for at in range(mentors):
        while state.load[at] < state.capacity[at] and state.price[at] > 0:
            searched += 1
            _fill(graph, state, search, at)
    return searched


@Loop
def _room(space, young, mentors):
    return Search(
        np.empty(space, np.int64),
        np.empty(space, np.int32),
        np.full(mentors, FAR),
        np.full(young, FAR),
        np.empty(mentors, np.int64),
        np.empty(young, np.int64),
        np.empty(mentors, np.int32),
        np.empty(mentors, np.int32),
        np.empty(young, np.int32),
    )


@Loop
def _nearest(search, far, size):
    """Next to be reached: how far, who (FREE: nobody is left), and the size of the heap."""
    while size > 0:
        reached, node = search.keys[0], search.nodes[0]
        size = _pop(search.keys, search.nodes, size)
        if reached == far[node]:
            return reached, node, size
    return FAR, FREE, size


@Loop
def _to_mentors(graph, state, search, who, reached, end, size, count):
    """The mentors nearer than the end that a young person leads to."""
    far, base = search.far_mentor, reached + state.gain[who]
    for edge in range(graph.first[who], graph.first[who + 1]):
        to = graph.mentor[edge]
        distance = base + state.price[to] - graph.weight[edge]
        if distance < far[to] and distance < end:
            if far[to] == FAR:
                search.mentors[count] = to
                count += 1
            far[to], search.by_mentor[to] = distance, edge
            size = _push(search.keys, search.nodes, size, distance, to)
    return size, count


@Loop
def _to_young(graph, state, search, at, reached, end, size, count):
    """The young people nearer than the end that a free place leads to."""
    far, base = search.far_young, reached + state.price[at]
    for index in range(graph.back_first[at], graph.back_first[at + 1]):
        edge = graph.back_edge[index]
        to = graph.owner[edge]
        distance = base + state.gain[to] - graph.weight[edge]
        if distance < far[to] and distance < end:
            if far[to] == FAR:
                search.young[count] = to
                count += 1
            far[to], search.by_young[to] = distance, edge
            size = _push(search.keys, search.nodes, size, distance, to)
    return size, count


@Loop
def _place(graph, state, search, start):
    """Find a place to one who would gain by it: by moving others, by taking one's, or none."""
    end, end_mentor, end_young = state.gain[start], FREE, start
    size, count = _to_mentors(graph, state, search, start, 0, end, 0, 0)
    while True:
        reached, at, size = _nearest(search, search.far_mentor, size)
        if at == FREE or reached >= end:
            break
        if state.load[at] < state.capacity[at]:
            end, end_mentor, end_young = reached, at, FREE
            break
        who = state.head[at]
        while who != FREE:
            if reached + state.gain[who] < end:
                end, end_young = reached + state.gain[who], who
            size, count = _to_mentors(graph, state, search, who, reached, end, size, count)
            who = state.after[who]
    state.gain[start] -= end
    for at in search.mentors[:count]:
        moved = end - search.far_mentor[at]
        search.far_mentor[at] = FAR
        if moved > 0:
            state.price[at] += moved
            who = state.head[at]
            while who != FREE:
                state.gain[who] -= moved
                who = state.after[who]
    if end_young != start:
        _hand_over(graph, state, search, start, end_mentor, end_young)


@Loop
def _hand_over(graph, state, search, start, end_mentor, end_young):
    """Move everybody along the path that ends at a free place, or at one who gives a place up."""
    at = end_mentor
    if end_young != FREE:
        at = graph.mentor[state.chosen[end_young]]
        _leave(graph, state, end_young)
    while True:
        edge = search.by_mentor[at]
        who = graph.owner[edge]
        held = state.chosen[who]
        _move(graph, state, who, edge)
        if who == start:
            return
        at = graph.mentor[held]


@Loop
def _fill(graph, state, search, start):
    """Find somebody for a free place that has a price: by moving others, or lower the price."""
    end, end_mentor, end_young = state.price[start], start, FREE
    far, through = search.far_mentor, search.through
    size, count, mentors = 0, 0, 0
    at, reached, who = start, 0, FREE
    while True:
        if far[at] == FAR:
            far[at], through[at] = reached, who
            search.mentors[mentors] = at
            mentors += 1
            if reached + state.price[at] < end:
                end, end_mentor = reached + state.price[at], at
            size, count = _to_young(graph, state, search, at, reached, end, size, count)
        reached, who, size = _nearest(search, search.far_young, size)
        if who == FREE or reached >= end:
            break
        if state.chosen[who] == FREE:
            end, end_mentor, end_young = reached, FREE, who
            break
        at = graph.mentor[state.chosen[who]]
    for at in search.mentors[:mentors]:
        state.price[at] -= max(end - far[at], 0)
        far[at] = FAR
    for who in search.young[:count]:
        state.gain[who] += max(end - search.far_young[who], 0)
        search.far_young[who] = FAR
    if end_mentor == start:
        return
    who = end_young if end_young != FREE else through[end_mentor]
    while True:
        edge = search.by_young[who]
        _move(graph, state, who, edge)
        if graph.mentor[edge] == start:
            return
        who = through[graph.mentor[edge]]
