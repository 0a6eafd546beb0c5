import type {
  AuditFilter,
  AuditPage,
  AuditSearchPage,
  ReceivedEvent,
  SequenceReport,
  SequencesOptions,
  StoredEvent,
} from '@admit-one/core';
import { describe, expect, it } from 'vitest';
import { findStory, MAX_STORY_EVENTS } from './find-story.ts';
import { admission, gateAdmission, T0, ticketEvents } from './story.fixture.ts';

const t = ticketEvents();
const now = T0 + 60_000;

/** An audit log that gives each query its events, so many to a page, and keeps what it was asked. */
function logOf(
  answers: readonly (readonly ReceivedEvent[])[],
  pageSize = MAX_STORY_EVENTS,
  lacking: readonly string[] = [],
) {
  const asked: { filter: AuditFilter; page: AuditPage }[] = [];
  const left = answers.map((events) => [...events]);
  let current: ReceivedEvent[] = [];
  return {
    asked,
    async query(filter: AuditFilter, page: AuditPage): Promise<AuditSearchPage> {
      asked.push({ filter, page });
      if (page.cursor === undefined) current = left.shift() ?? [];
      const events = current.splice(0, Math.min(page.limit, pageSize)) as unknown as readonly StoredEvent[];
      return { events, next: 'next', scannedTo: '', end: current.length === 0 };
    },
    async sequences({ partitionkeys = [], incompleteOnly }: SequencesOptions = {}) {
      const known = partitionkeys.filter((key) => (incompleteOnly ? lacking : ['edge-1']).includes(key));
      return known.map((partitionkey) => ({ partitionkey })) as unknown as readonly SequenceReport[];
    },
  };
}

/** Replays of the ticket. */
function replays(count: number): readonly ReceivedEvent[] {
  return Array.from({ length: count }, (_, n) => t.rejected(n, 'ticket_replayed'));
}

describe('the events of a story', () => {
  it('are those of the ticket, for a ticket', async () => {
    const log = logOf([admission(t)]);
    const story = await findStory(log, { kind: 'ticket', id: 't-1', now });
    expect(story).toMatchObject({ kind: 'ticket', id: 't-1', truncated: false });
    expect(log.asked.map(({ filter }) => filter)).toEqual([{ facts: { ticket: { include: ['t-1'] } } }]);
  });

  it('are those of the whole id, for the beginning of one', async () => {
    const story = await findStory(logOf([admission(t)]), { kind: 'ticket', id: 't', now });
    expect(story).toMatchObject({ id: 't-1' });
  });

  it('are of one ticket: several that begin like that are counted', async () => {
    const log = logOf([[...admission(t), ticketEvents('t-2').issued()]]);
    expect(await findStory(log, { kind: 'ticket', id: 't', now })).toEqual({ kind: 'ambiguous', count: 2 });
  });

  it('include the rejections before the lookup of the tickets, for a session or user', async () => {
    const blocked = t.blocked(20, 'https://new.example');
    const log = logOf([[t.issued()], [blocked]]);
    const story = await findStory(log, { kind: 'session', id: 's-1', issuer: 'main', now });
    expect(story).toMatchObject({ reason: 'origin_blocked', stage: 'issued' });
    expect(log.asked.map(({ filter, page }) => [filter, page.order])).toEqual([
      [{ facts: { session: { include: ['s-1'] }, issuer: { include: ['main'] } } }, 'desc'],
      [{ facts: { ticket: { include: ['t-1'] }, type: { include: ['admit.handshake.rejected'] } } }, 'desc'],
    ]);
  });

  it('do not say that a ticket was never used where events may be missing', async () => {
    const issued = t.issued();
    const log = logOf([[issued]], undefined, [issued.partitionkey]);
    expect(await findStory(log, { kind: 'ticket', id: 't-1', now })).toMatchObject({
      verdict: expect.stringMatching(/^Issued, never presented\. But the audit log lacks events /),
    });
    const admitted = logOf([admission(t)], undefined, [issued.partitionkey]);
    expect((await findStory(admitted, { kind: 'ticket', id: 't-1', now })) as object).toMatchObject({
      verdict: expect.stringMatching(/now\.$/),
    });
  });

  it('include the whole life of the ticket, for a connection', async () => {
    const log = logOf([[t.consumed(40)], admission(t)]);
    const story = await findStory(log, { kind: 'connection', id: 'c-t-1', now });
    expect(story).toMatchObject({ verdict: 'Opened, open for 60 s now.', stage: 'stayed' });
    expect(log.asked[1]?.filter).toEqual({ facts: { ticket: { include: ['t-1'] } } });
  });

  it.each([
    ['reports ends', admission(t), 'Admitted once from 198.51.100.7; open for 60 s now.'],
    [
      'numbers no events',
      gateAdmission(t),
      'Admitted once from 198.51.100.7; its server does not report when its connections end.',
    ],
    [
      'has no name',
      gateAdmission(t, 0, null),
      'Admitted once from 198.51.100.7; its server does not report when its connections end.',
    ],
  ])('say whether a connection can be known to be open, of a server that %s', async (_, events, verdict) => {
    const story = await findStory(logOf([events]), { kind: 'ticket', id: 't-1', now });
    expect(story).toMatchObject({ verdict });
  });

  it('come from several pages, where one ends early', async () => {
    const log = logOf([replays(12)], 5);
    const story = await findStory(log, { kind: 'ticket', id: 't-1', now });
    expect(story).toMatchObject({ truncated: false, events: { length: 12 } });
    expect(log.asked).toHaveLength(3);
  });

  it.each([
    ['are bounded', MAX_STORY_EVENTS + 1, MAX_STORY_EVENTS, MAX_STORY_EVENTS],
    ['are bounded by the number of pages', 100, 1, 20],
  ])('%s, and the story says so', async (_, count, pageSize, told) => {
    const story = await findStory(logOf([replays(count)], pageSize), { kind: 'ticket', id: 't-1', now });
    expect(story).toMatchObject({
      truncated: true,
      events: { length: told },
      verdict: expect.stringMatching(/^In the first 1000 events: Presented /),
    });
  });

  it('count a connection that ended as admitted, where the story does not reach back to its beginning', async () => {
    const ends = Array.from({ length: MAX_STORY_EVENTS + 1 }, (_, n) =>
      ticketEvents(`t-${n}`).closed(n, { code: 1006, durationMs: 12_000, reason: 'edge_lost' }),
    );
    const story = await findStory(logOf([ends, []]), { kind: 'user', id: 'u-1', now });
    expect(story).toMatchObject({
      verdict: expect.stringMatching(/^In the newest 1000 events: Admitted 1000 times/),
      stage: 'stayed',
    });
  });
});
