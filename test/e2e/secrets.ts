import { newTicket, proofOf } from '@admit-one/core';
import { connect, openSocket } from '@admit-one/testkit';
import { expect, test } from 'vitest';
import { events, expectStory } from '../stack/audit-log.ts';
import { FRONTEND, type Stack } from '../stack/stack.ts';
import {
  anonymousSession,
  carrying,
  connectWith,
  issueTicket,
  persevering,
  presenting,
  routeUrl,
} from '../stack/visitor.ts';

/** The JWTs in a text. Random ids look like one now and then, so the header must be JSON; seals are signed alike. */
function jwtsIn(text: string): readonly string[] {
  const likely = [...text.matchAll(/eyJ[A-Za-z0-9_-]{8,}(?=\.[A-Za-z0-9_-]{8,})/g)].map(([header]) => header);
  return likely.filter((header) => {
    try {
      const { alg, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
      return alg !== undefined && typ !== 'admit-seal+jws';
    } catch {
      return false;
    }
  });
}

/** Stops the stack: nothing can run on it after this. @param running the stack, known when the test runs */
export function describeSecrets(running: () => Stack): void {
  /** Uses the stack in every way that has a secret in it, rightly and wrongly, and gives the secrets. */
  async function leaveTraces(stack: Stack): Promise<Record<string, string>> {
    const user = await stack.users.token({ sub: 'alice' });
    const { token: anonymous } = await anonymousSession(stack);
    const operator = await stack.operatorToken();
    const expired = await stack.users.token({ exp: 1_700_000_000 });
    const bySubprotocol = await issueTicket(stack, user);
    const byQuery = await issueTicket(stack, anonymous);
    const blocked = await issueTicket(stack, user);
    const unknown = newTicket();

    const connection = await connectWith(stack, bySubprotocol, { origin: FRONTEND });
    await (await persevering(() => connect(`${routeUrl(stack)}?ticket=${byQuery.ticket}`))).close();
    await (await persevering(() => connect(routeUrl(stack), { protocols: presenting(user) }))).close();
    await connect(routeUrl(stack), { protocols: presenting(expired) }).catch(() => {});
    await connectWith(stack, bySubprotocol).catch(() => {});
    await connect(`${routeUrl(stack)}?ticket=${unknown}`).catch(() => {});
    await connect(`${routeUrl(stack)}?ticket=${byQuery.ticket}0`).catch(() => {});
    await connect(`${routeUrl(stack)}/nowhere?ticket=${blocked.ticket}`).catch(() => {});
    await (await connectWith(stack, blocked, { origin: 'https://evil.example' })).closed;
    await fetch(`${stack.tickets}/nowhere?ticket=${blocked.ticket}&token=${user}`);
    await fetch(`${stack.tickets}/api/websocket/ticket?token=${user}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${expired}`, cookie: `session=${user}`, 'user-agent': 'tester' },
    });
    await fetch(`${stack.audit}/api/v1/audit/events?cursor=x`, {
      headers: { authorization: `Bearer ${user}` },
    });
    await fetch(`${stack.audit}/api/v1/audit/events?cursor=x`, {
      headers: { authorization: `Bearer ${operator}` },
    });
    const badUpgrade = await openSocket(`${routeUrl(stack)}?ticket=${blocked.ticket}`, {
      protocols: carrying(blocked.ticket),
      headers: { 'sec-websocket-version': '8' },
    });
    await badUpgrade.closed;
    await connection.close();
    await expectStory(stack, { ticket: bySubprotocol.ticketId, type: 'admit.connection.closed' }, [
      'admit.connection.closed',
    ]);

    const tickets = {
      bySubprotocol: bySubprotocol.ticket,
      byQuery: byQuery.ticket,
      blocked: blocked.ticket,
      unknown,
    };
    const proofs = Object.entries(tickets).map(([name, ticket]) => [`proof of ${name}`, proofOf(ticket)]);
    return { ...tickets, ...Object.fromEntries(proofs), user, anonymous, operator, expired };
  }

  test('no secret is in logs, events, metrics or rows', async () => {
    const stack = running();
    const secrets = await leaveTraces(stack);
    const recorded = await events(stack, {});
    const metrics = await Promise.all(stack.metrics.map(async (url) => (await fetch(url)).text()));
    const atRest = await stack.stopAndRead();

    const places = {
      logs: stack.logs(),
      events: JSON.stringify(recorded),
      metrics: metrics.join(),
      atRest,
    };
    expect(recorded.length).toBeGreaterThan(10);
    expect(places.logs).toContain('websocket_connected');
    expect(places.metrics).toContain('admit_events_total');
    expect(places.atRest).toContain('admit.ticket.consumed');
    for (const [place, text] of Object.entries(places)) {
      for (const [name, secret] of Object.entries(secrets))
        expect(text.includes(secret), `${name} is in the ${place}`).toBe(false);
      expect(jwtsIn(text), `a JWT is in the ${place}`).toEqual([]);
    }
  });
}
