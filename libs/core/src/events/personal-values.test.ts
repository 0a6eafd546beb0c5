import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type EventType, eventRow, eventTypes } from './catalogue.ts';
import type { ReceivedEvent } from './cloud-event.ts';
import { storedEvent } from './event.fixture.ts';
import { factsOf } from './event-facts.ts';
import { commitPersonalValues, hasForgotten, isForgotten } from './personal-values.ts';

const SALT = '3f0c2a3e-0000-4000-8000-000000000000';

function eventOf(type: EventType, data: unknown): ReceivedEvent {
  return storedEvent(1, { type, subject: 'subject', data: data as ReceivedEvent['data'] });
}

/** The places of texts that are commitments. */
function committedIn(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'string') return isForgotten(value) ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => committedIn(inner, `${path}.${name}`));
}

describe('a commitment', () => {
  const principal = { issuer: 'main', session: 's', user: 'alice', attributes: { tenant: 'acme' } };
  const event = eventOf('admit.ticket.issued', {
    principal,
    context: { address: null, agent: 'a', route: 'r' },
  });

  it('is the SHA-256 of salt, path and value, in the place of each personal value', () => {
    const committed = commitPersonalValues(event, SALT);
    const digest = createHash('sha256')
      .update(`["${SALT}","data.principal.user","alice"]`)
      .digest('base64url');
    expect(committed.data.principal).toMatchObject({ issuer: 'main', user: `forgotten:${digest}` });
    expect(committedIn(committed)).toEqual([
      '.data.principal.session',
      '.data.principal.user',
      '.data.principal.attributes.tenant',
      '.data.context.agent',
    ]);
    expect(Object.keys(JSON.parse(JSON.stringify(committed.data)))).toEqual(Object.keys(event.data));
  });

  it('is another with another salt, and cannot be taken for that of another text', () => {
    const userOf = (user: string, salt: string) =>
      (
        commitPersonalValues(eventOf('admit.ticket.issued', { principal: { user } }), salt).data
          .principal as { user: string }
      ).user;
    const texts = ['alice', 'alicf', '\ud800', '\ufffd', '', 'forgotten:x'];
    expect(new Set(texts.flatMap((text) => [userOf(text, SALT), userOf(text, 'other')])).size).toBe(12);
  });

  it('is no fact of an event any more', () => {
    const forgotten = commitPersonalValues(event, SALT);
    expect([hasForgotten(event), hasForgotten(forgotten)]).toEqual([false, true]);
    expect(factsOf(forgotten)).toMatchObject({
      user: null,
      session: null,
      agent: null,
      attributes: {},
      issuer: 'main',
    });
  });

  it.each([null, 5, [], { user: 5 }, { user: { a: ['b'] } }])(
    'leaves alone what is of another form: %j',
    (principal) => {
      const odd = eventOf('admit.ticket.issued', { principal });
      const { data } = commitPersonalValues(odd, SALT);
      expect(data).toEqual(odd.data);
    },
  );
});

it.each(eventTypes)('no person is named by what is left of %s', (type) => {
  const { example, subject } = eventRow(type);
  const left = JSON.stringify(commitPersonalValues(eventOf(type, example), SALT).data);
  const { principal, context } = JSON.parse(JSON.stringify(eventRow('admit.ticket.issued').example));
  for (const value of [principal.user, principal.session, context.address, context.agent])
    expect(left).not.toContain(JSON.stringify(value));
  if (subject === 'control')
    expect(commitPersonalValues(eventOf(type, example), SALT).subject).toMatch(/^forgotten:/);
});
