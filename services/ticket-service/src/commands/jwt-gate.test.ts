import { expect, it } from 'vitest';
import { createJwtGate } from './jwt-gate.ts';

const users = Array.from({ length: 2_000 }, (_, number) => ({
  ...{ issuer: 'main', session: `s-${number}`, sessionFrom: 'sid', user: `u-${number}` },
  ...{ tokenIssuedAt: 0, kid: null, attributes: {} },
}));
const rule = { route: null, client: null };
const anywhere = { route: 'chat', client: undefined };

function admitted(percent: number): ReadonlySet<string> {
  const gate = createJwtGate([{ ...rule, percent }]);
  return new Set(users.filter((user) => gate.isOpen(user, anywhere)).map(({ user }) => user));
}

it('admits about the share of the users, and those of a smaller one among them', () => {
  const [ten, fifty] = [admitted(10), admitted(50)];
  expect(ten.size / users.length).toBeCloseTo(0.1, 1);
  expect(fifty.size / users.length).toBeCloseTo(0.5, 1);
  expect([...ten].filter((user) => !fifty.has(user))).toEqual([]);
  expect([admitted(0).size, admitted(100).size]).toEqual([0, users.length]);
});

it('decides alike for every session of a user', () => {
  const gate = createJwtGate([{ ...rule, percent: 50 }]);
  for (const user of users.slice(0, 50))
    expect(gate.isOpen({ ...user, session: 'another' }, anywhere)).toBe(gate.isOpen(user, anywhere));
});

it.each([
  ['a route and client', 'chat', 'old/1', false],
  ['a client that does not name itself', 'chat', undefined, false],
  ['any client of a route', 'chat', 'new/2', true],
  ['another route without an entry', 'games', 'old/1', true],
])('takes the first entry that fits: %s', (_, route, client, open) => {
  const gate = createJwtGate([
    { route: 'chat', client: 'old/1', percent: 0 },
    { route: null, client: 'none', percent: 0 },
    { route: 'chat', client: null, percent: 100 },
  ]);
  expect(gate.isOpen(users[0] as (typeof users)[0], { route, client })).toBe(open);
});
