import { expect, test } from 'vitest';
import { expectRejections, expectStory } from '../../stack/audit-log.ts';
import type { Scene } from '../scene.ts';
import { expectStories, storiesOf } from '../stories.ts';
import type { Visit } from '../visit.ts';

const CONNECTED = ['authenticating', 'connecting', 'open'];
const ADMITTED = 'issued reserved consumed';
const REFRESHES = 10;

const begun = ['[WS] Step 1/3: Ensuring JWT token exists...', '[WS] JWT ready'];
const asked = '[WS] Step 2/3: Requesting NEW WebSocket ticket (one-time, 30s TTL)...';
const signedIn = ['[Auth] Fetching JWT token from backend...', '[Auth] ✅ JWT token acquired'];
const connected = [
  '[WS] Ticket obtained, connecting to WebSocket...',
  '[WS] Step 3/3: Connecting with ticket...',
  '[WS] Connected ✅',
];

/** What the client has told, without what the page itself has. */
function linesOf({ told }: Visit): readonly string[] {
  return told.filter((line) => !signedIn.includes(line));
}

/** Who comes with which token, and who comes back. */
export function signingIn(scene: () => Scene): void {
  test('a fresh browser without a token signs in first, then connects', async () => {
    const visit = await scene().visit();
    await visit.reach('open');
    expect(await visit.states()).toEqual(CONNECTED);
    expect(visit.asked).toEqual({ token: 1, ticket: 1, status: 0, upgrade: 1 });
    expect(linesOf(visit)).toEqual([...begun, asked, ...connected]);
    expect(visit.told).toEqual(expect.arrayContaining(signedIn));
    expect(visit.complaints).toEqual([]);
    await expectStories(scene().stack, await visit.session(), [ADMITTED]);
  });

  test('a ticket may be in the address too', async () => {
    const visit = await scene().visit({ carrier: 'query' });
    await visit.reach('open');
    expect(await visit.say('hello')).toBe('hello');
    const query = { session: await visit.session(), type: 'admit.ticket.consumed' };
    const [consumed] = await expectStory(scene().stack, query, ['admit.ticket.consumed']);
    expect(consumed?.data.context).toMatchObject({ carrier: 'query', origin: scene().origin });
  });

  test('a JWT connects nobody where the edge accepts tickets only', async () => {
    const jwt = await scene().stack.users.token();
    const visit = await scene().visit({ useTickets: false, storage: { jwt } });
    await visit.reach('waiting(NOT_AUTHORIZED)');
    expect(visit.asked).toMatchObject({ ticket: 0, status: 0 });
  });

  test('ten refreshes connect ten times, each with its own ticket', async () => {
    const visit = await scene().visit();
    await visit.reach('open');
    for (let n = 0; n < REFRESHES; n += 1) {
      await visit.refresh();
      await visit.reach('open');
      expect(await visit.states()).toEqual(CONNECTED);
    }
    expect(visit.asked).toEqual({ token: 1, ticket: 1 + REFRESHES, status: 0, upgrade: 1 + REFRESHES });
    expect(visit.told.filter((line) => line === asked)).toHaveLength(1 + REFRESHES);
    expect(visit.complaints).toEqual([]);
    const left = Array.from({ length: REFRESHES }, () => `${ADMITTED} closed(1001)`);
    await expectStories(scene().stack, await visit.session(), [...left, ADMITTED]);
  });

  test.each([
    { when: 'as soon as the page is there', state: null },
    { when: 'while the ticket is asked for', state: 'authenticating' },
    { when: 'while the socket opens', state: 'connecting' },
  ])('ten refreshes $when end in a connection, and in no complaint', async ({ state }) => {
    const visit = await scene().visit();
    await visit.reach('open');
    for (let n = 0; n < REFRESHES; n += 1) {
      await visit.refresh();
      if (state) await visit.reach(state);
    }
    await visit.reach('open');
    // The browser says why a connection failed, and the client cannot know.
    expect(visit.complaints).toEqual([]);
    expect(await visit.states()).toEqual(CONNECTED);
    expect(visit.asked).toMatchObject({ token: 1, status: 0 });
    expect(visit.asked.ticket).toBeLessThanOrEqual(1 + REFRESHES);
    const stories = await storiesOf(scene().stack, await visit.session());
    expect(stories.filter((story) => story.includes('rejected'))).toEqual([]);
  });

  test('a corrupt token is refreshed once', async () => {
    const visit = await scene().visit({ storage: { jwt: 'invalid.jwt.token' } });
    await visit.reach('open');
    expect(await visit.states()).toEqual(CONNECTED);
    expect(visit.asked).toEqual({ token: 1, ticket: 2, status: 0, upgrade: 1 });
    expect(linesOf(visit)).toEqual([
      ...begun,
      asked,
      '[Auth] Received 401 INVALID_TOKEN, refreshing token...',
      '[Auth] Retrying request with new token',
      ...connected,
    ]);
    expect(visit.complaints).toEqual([expect.stringMatching(/^Failed to load resource: .* 401 /)]);
    await expectStories(scene().stack, await visit.session(), [ADMITTED]);
    const query = { type: 'admit.issuance.rejected', reason: 'token_invalid' };
    expect(await expectRejections(scene().stack, query, 1)).toEqual({ token_invalid: 1 });
  });

  test('a token without a session stops it, and another one starts it', async () => {
    const jwt = await scene().stack.users.token({ sub: undefined, sessionId: undefined });
    const visit = await scene().visit({ storage: { jwt } });
    await visit.reach('stopped(MISSING_SESSION)');
    expect(await visit.states()).toEqual(['authenticating', 'stopped(MISSING_SESSION)']);
    expect(visit.asked).toEqual({ token: 0, ticket: 1, status: 0, upgrade: 0 });
    expect(visit.complaints).toContain('[WS] Ticket request failed: 401 UNAUTHORIZED - stopping reconnect');

    const token = await scene().stack.users.token({ sessionId: 'has-a-session' });
    await visit.page.evaluate((better) => window.app.logIn(better), token);
    await visit.reach('open');
    expect(visit.asked).toEqual({ token: 0, ticket: 2, status: 0, upgrade: 1 });
    await expectStories(scene().stack, 'has-a-session', [ADMITTED]);
  });
}
