import { newId, newTicket } from '@admit-one/core';
import { type Browser, createSigningKey, eventually, openSocket, startBrowser } from '@admit-one/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from '../browser/describe-in-browser.ts';
import { request, upgrade, whileDown, whilePaused } from '../faults/rejected.ts';
import { sequences } from '../stack/audit-log.ts';
import { startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { carrying, connectAdmitted, connectWith, issueTicket, routeUrl } from '../stack/visitor.ts';
import { type OnCall, onCall } from './operator.ts';

const VICTIM = { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'browser of the user' };
const THIEF = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'curl' };
const NEW_PAGE = 'https://new.example';
const MOST_PRESSES = 3;

interface Incident {
  /** As someone on call is told of it. */
  readonly says: string;
  /** Makes it happen; gives what the user reads out, if anything. */
  readonly happens: (stack: ServicesStack) => Promise<string>;
  /** From the first page of the console to the answer. */
  readonly answered: (operator: OnCall, told: string) => Promise<void>;
}

/** What a user or a support code says is pasted; its story has the answer. */
function byStory(...answer: readonly RegExp[]): Incident['answered'] {
  return async (operator, told) => {
    await operator.go('Search');
    await operator.paste(told);
    if (!told.startsWith('ticket:')) await operator.press(/^Story of /);
    for (const part of answer) await operator.see(part);
  };
}

/** The reason is on the first page, and what such rejections have in common behind it. */
function byReason(reason: string, ...answer: readonly RegExp[]): Incident['answered'] {
  return async (operator) => {
    await operator.see(new RegExp(`\\b${reason}\\b`));
    await operator.press(new RegExp(`^${reason}$`));
    for (const part of answer) await operator.see(part);
  };
}

async function present(stack: ServicesStack, ticket: string, options: Parameters<typeof openSocket>[1]) {
  const raw = await openSocket(routeUrl(stack), { protocols: carrying(ticket), ...options });
  await raw.response();
  raw.abort();
  await raw.closed;
}

function first<Service>([service]: readonly Service[]): Service {
  if (service === undefined) throw new Error('the stack has no such service');
  return service;
}

const incidents: readonly Incident[] = [
  {
    says: 'was this ticket stolen?',
    async happens(stack) {
      const issued = await issueTicket(stack);
      const connection = await connectAdmitted(stack, issued, { headers: VICTIM });
      await present(stack, issued.ticket, { headers: THIEF });
      await present(stack, issued.ticket, { headers: THIEF });
      await connection.close();
      return `ticket:${issued.ticketId}`;
    },
    answered: byStory(
      /Admitted once from 198\.51\.100\.7; replayed twice from 203\.0\.113\.9; both rejected\./,
    ),
  },
  {
    says: 'the new page cannot connect',
    async happens(stack) {
      for (let attempt = 0; attempt < 4; attempt += 1)
        await present(stack, (await issueTicket(stack)).ticket, { origin: NEW_PAGE });
      return '';
    },
    answered: byReason('origin_blocked', /had the origin\s+https:\/\/new\.example/, /FRONTEND_ORIGINS/),
  },
  {
    says: 'half of the connections fail',
    async happens(stack) {
      const sub = newId();
      const issued = await issueTicket(stack, await stack.users.token({ sub }));
      await (await connectWith(stack, issued, { headers: VICTIM })).close();
      await present(stack, issued.ticket, { headers: VICTIM, origin: 'https://app.example.com' });
      return sub;
    },
    answered: byStory(/the same client presents a ticket again/),
  },
  {
    says: 'I cannot connect, my support code is …',
    async happens(stack) {
      const issued = await issueTicket(stack, undefined, { route: 'echo' });
      await present(stack, issued.ticket, { target: '/ws/bridge' });
      return `ticket:${issued.ticketId}`;
    },
    answered: byStory(/Presented, rejected: the ticket was issued for another route\./),
  },
  {
    says: 'rejections go through the roof',
    async happens(stack) {
      const guesses = Array.from({ length: 60 }, (_, n) =>
        present(stack, newTicket(), { headers: { 'x-forwarded-for': `203.0.113.${n + 1}` } }),
      );
      await Promise.all(guesses);
      return '';
    },
    answered: byReason('ticket_unknown', /had the network\s+203\.0\.113\.0\/24/),
  },
  {
    says: 'nobody can log in any more',
    async happens(stack) {
      const token = await stack.users.token({}, { key: await createSigningKey('ES256') });
      await expect(issueTicket(stack, token)).rejects.toThrow('no ticket: 401');
      return '';
    },
    async answered(operator) {
      await byReason('token_invalid')(operator, '');
      await operator.press(/issuance rejected/);
      await operator.see(/No key of the issuer fits the token/);
    },
  },
  {
    says: 'I cannot connect, and nothing of me arrived',
    async happens(stack) {
      const sub = newId();
      const lastFailure = { code: 1006, reason: 'connection_lost', phase: 'connecting', attempts: 3 };
      await issueTicket(stack, await stack.users.token({ sub }), { lastFailure });
      return sub;
    },
    answered: byStory(/Issued once, never presented; before that, the client reported connection_lost/),
  },
  {
    says: 'Redis is down',
    async happens(stack) {
      const sub = newId();
      const token = await stack.users.token({ sub });
      const asked = { method: 'POST', path: '/api/websocket/ticket', token } as const;
      await whilePaused(stack.engines.redis, () => request(first(stack.ticketServices), asked));
      return sub;
    },
    answered: byStory(/rejected: the ticket store did not answer in time\./, /Check Redis/),
  },
  {
    says: 'NATS is away',
    async happens(stack) {
      const { ticket, ticketId } = await issueTicket(stack);
      await whileDown(stack.engines.nats, () => upgrade(first(stack.edgeServices), ticket));
      return `ticket:${ticketId}`;
    },
    answered: byStory(/no ticket-service answered over the bus within the deadline/),
  },
];

// The incidents of test/incidents, answered in the console by few presses, from its first page.
describeInBrowser('on call', ['redis', 'nats', 'postgres'], () => {
  let stack: ServicesStack;
  let browser: Browser;
  const counted: (readonly [presses: number, says: string])[] = [];

  beforeAll(async () => {
    [stack, browser] = await Promise.all([
      startServices({ variables: { TRUSTED_PROXIES: '127.0.0.1' } }),
      startBrowser(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([stack?.stop(), browser?.close()]);
    process.stdout.write(counted.map(([presses, says]) => `${presses} presses: ${says}\n`).join(''));
  });

  async function answer(says: string, work: (operator: OnCall) => Promise<void>): Promise<void> {
    const operator = await onCall(browser, stack.audit, await stack.operatorToken());
    try {
      await work(operator);
      counted.push([operator.presses, says]);
      expect(operator.presses).toBeLessThanOrEqual(MOST_PRESSES);
    } finally {
      await operator.leave();
    }
  }

  test.each(incidents)('"$says"', async ({ says, happens, answered }) => {
    const told = await happens(stack);
    await answer(says, (operator) => answered(operator, told));
  });

  test('"is the audit log complete?", while a replica hangs with what it has taken', async () => {
    const replica = await startService('audit-service', stack.variables['audit-service']);
    /** It may have taken nothing, at the end of its pull. */
    async function hang(): Promise<void> {
      replica.resume();
      replica.pause();
      for (let visit = 0; visit < 20; visit += 1)
        await (await connectWith(stack, await issueTicket(stack), { edge: visit })).close();
      expect((await sequences(stack)).some(({ missingCount }) => missingCount > 0)).toBe(true);
    }
    try {
      await replica.ready();
      await answer('is the audit log complete?', async (operator) => {
        await eventually(hang, { what: 'a replica that hangs with events' });
        await operator.go('Completeness');
        await operator.see(/Is the audit log complete\?\s*No\s[^.]*missing/);
      });
    } finally {
      replica.resume();
      await replica.stop();
    }
  }, 120_000);
});
