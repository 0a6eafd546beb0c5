import { expect, test } from 'vitest';
import { type DrillName, drills } from './drills.ts';
import { judge } from './judge.ts';
import type { DrillRecord, NewConnection } from './record.ts';

const UNDONE_MS = 10_000;

const admitted = (atMs: number): NewConnection => ({ atMs, tookMs: 50, ticketId: `t${atMs}`, code: null });
const rejected = (atMs: number, code: string | null): NewConnection => ({
  atMs,
  tookMs: 500,
  ticketId: null,
  code,
});

/** One new connection a second while it is broken, and one a second after its end. */
function record(during: (atMs: number) => NewConnection, more: Partial<DrillRecord> = {}): DrillRecord {
  const attempts = Array.from({ length: 10 }, (_, second) => during(second * 1_000));
  const stays = { losses: 0, longestGapMs: 0 };
  return {
    attempts: [...attempts, admitted(UNDONE_MS + 1_000)],
    ...{ undoneAtMs: UNDONE_MS, open: [stays, stays], audit: { missing: 0, unrecorded: 0 } },
    ...more,
  };
}

/** The beginnings of the promises that did not hold. */
function broken(name: DrillName, found: DrillRecord): readonly string[] {
  const verdicts = judge(drills[name], found).filter(({ held }) => !held);
  return verdicts.map(({ text }) => text);
}

test.each<[DrillName, DrillRecord]>([
  ['redis', record((atMs) => rejected(atMs, 'REDIS_UNAVAILABLE'))],
  ['redis', record((atMs) => (atMs === 0 ? admitted(0) : rejected(atMs, 'REDIS_UNAVAILABLE')))],
  ['nats', record((atMs) => rejected(atMs, 'UNAVAILABLE'), { audit: null })],
  ['postgres', record(admitted)],
  ['edge', record(admitted, { open: [{ losses: 1, longestGapMs: 9_000 }] })],
  ['edge', record((atMs) => (atMs < 5_000 ? rejected(atMs, null) : admitted(atMs)))],
])('every promise of the drill %s holds', (name, found) => {
  expect(broken(name, found)).toEqual([]);
});

test.each<[string, DrillName, DrillRecord, RegExp]>([
  ['nothing was broken', 'redis', record(admitted), /^new connections were rejected .* nobody was rejected/],
  ['another code', 'redis', record((atMs) => rejected(atMs, 'INTERNAL')), /but 10 with INTERNAL$/],
  ['no code', 'nats', record((atMs) => rejected(atMs, null)), /but 10 with no code$/],
  [
    'somebody is rejected',
    'postgres',
    record((atMs) => (atMs > 0 ? admitted(atMs) : rejected(0, 'INTERNAL'))),
    /1 failed$/,
  ],
  [
    'an open connection is lost',
    'postgres',
    record(admitted, { open: [{ losses: 1, longestGapMs: 10 }] }),
    /^open connections stayed: 0 of 1/,
  ],
  [
    'no other edge',
    'edge',
    record((atMs) => rejected(atMs, null), { undoneAtMs: 11_000 }),
    /^new connections were admitted again within 10.0 s/,
  ],
  [
    'a connection stays lost',
    'edge',
    record(admitted, { open: [{ losses: 1, longestGapMs: 11_000 }] }),
    /1 of 1 lost, at most for 11.0 s$/,
  ],
  [
    'nobody gets in afterwards',
    'postgres',
    record(admitted, { attempts: [admitted(1)] }),
    /of the end: nobody was$/,
  ],
  [
    'late',
    'postgres',
    record(admitted, { attempts: [admitted(UNDONE_MS + 15_000)] }),
    /of the end: after 15.1 s$/,
  ],
  [
    'events are missing',
    'postgres',
    record(admitted, { audit: { missing: 2, unrecorded: 0 } }),
    /^no event is missing: 2$/,
  ],
  [
    'an admission is not told',
    'postgres',
    record(admitted, { audit: { missing: 0, unrecorded: 1 } }),
    /: 10 of 11$/,
  ],
  ['no answer', 'postgres', record(admitted, { audit: { missing: 0, unrecorded: null } }), /: unknown$/],
])('a promise does not hold: %s', (_, name, found, text) => {
  expect(broken(name, found)).toEqual([expect.stringMatching(text)]);
});
