import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import { allGuards, type Guards, withoutConnection, withoutDeadline, withoutLeaseEnd } from './guards.ts';
import { createModel } from './protocol.ts';
import { scenarios } from './scenarios.ts';

it.each<{ guard: string; missing: Partial<Guards>; scenario: string; breaks: RegExp }>([
  {
    guard: 'the version check of an append',
    missing: { versionCheck: false },
    scenario: 'two handshakes',
    breaks: /was admitted, and so was/,
  },
  {
    guard: 'the end of a lease',
    missing: { decide: withoutLeaseEnd },
    scenario: 'two handshakes',
    breaks: /a newcomer is locked out/,
  },
  {
    guard: 'the connection in a confirm',
    missing: { decide: withoutConnection },
    scenario: 'two passes of one handshake',
    breaks: /was admitted, and so was/,
  },
  {
    guard: 'the fence of an epoch',
    missing: { epochFence: false },
    scenario: 'two handshakes and an older copy of the store',
    breaks: /was admitted, and so was/,
  },
  {
    guard: 'the handshake key of a retry',
    missing: { sameHandshakeOnRetry: false },
    scenario: 'one handshake, whose answers get lost, in time',
    breaks: /ended in a way that it must not/,
  },
  {
    guard: 'the marker of a revoked session',
    missing: { marker: false },
    scenario: 'an impatient JWT and a log-out',
    breaks: /was admitted after an acknowledged revoke/,
  },
  {
    guard: 'the deadline of an exchange',
    missing: { decide: withoutDeadline },
    scenario: 'an impatient JWT and a revoke',
    breaks: /was admitted after an acknowledged revoke/,
  },
  {
    guard: 'the handshake key of a retried exchange',
    missing: { sameHandshakeOnRetry: false },
    scenario: 'one handshake with a JWT, whose answers get lost, in time',
    breaks: /ended in a way that it must not/,
  },
])('without $guard a promise breaks', ({ missing, scenario: name, breaks }) => {
  const scenario = scenarios.find((one) => one.name === name);
  if (!scenario) throw new Error(`There is no scenario ${name}`);
  expect(explore(createModel(scenario, { ...allGuards, ...missing })).violation).toMatch(breaks);
});
