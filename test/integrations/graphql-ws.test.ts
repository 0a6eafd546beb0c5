import { connect, missingEngines, startNats } from '@admit-one/testkit';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { expectStory } from '../stack/audit-log.ts';
import { runProgram } from '../stack/program.ts';
import { issueTicket, persevering } from '../stack/visitor.ts';
import {
  ADMITTED,
  ADMITTED_AGAIN,
  type Example,
  type ExampleStack,
  startExample,
  startExampleStack,
} from './example.fixture.ts';

const missing = missingEngines('nats');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;
const PROTOCOL = 'graphql-transport-ws';

describe.skipIf(missing)(`the graphql-ws example${skipped}`, () => {
  let running: ExampleStack;
  let example: Example;

  beforeAll(async () => {
    running = await startExampleStack();
    example = await startExample('graphql-ws', running.nats);
  });
  afterAll(async () => {
    expect(await example.stop()).toBe(0);
    expect(example.program.stderr()).toBe('');
    await running.stop();
  });

  /** A client that offers the ticket beside its own protocol, as the README of the example shows. */
  function clientWith(ticket: string) {
    class TicketWebSocket extends WebSocket {
      constructor(url: string, protocol: string) {
        super(url, [protocol, 'admit.v1', `ticket.${ticket}`]);
      }
    }
    return createClient({ url: example.url, webSocketImpl: TicketWebSocket, retryAttempts: 0 });
  }

  async function ask(client: ReturnType<typeof createClient>, query: string): Promise<unknown[]> {
    const results: unknown[] = [];
    for await (const { data } of client.iterate({ query })) results.push(data);
    return results;
  }

  test('answers with the protocol of GraphQL, and tells resolvers whom it admitted', async () => {
    const { ticket, ticketId } = await issueTicket(running.stack);
    const client = clientWith(ticket);
    expect(await ask(client, '{ whoami }')).toEqual([{ whoami: 'test-user' }]);
    await client.dispose();
    const other = clientWith((await issueTicket(running.stack)).ticket);
    const counted = await ask(other, 'subscription { countdown(from: 2) }');
    expect(counted).toEqual([{ countdown: 2 }, { countdown: 1 }, { countdown: 0 }]);
    await other.dispose();
    await expectStory(running.stack, { ticket: ticketId }, ADMITTED);
  });

  test('takes the ticket in the query as well, and answers a first message that came early', async () => {
    const { ticket } = await issueTicket(running.stack);
    const { socket, next, close } = await persevering(() =>
      connect(`${example.url}/?ticket=${ticket}`, { protocols: [PROTOCOL] }),
    );
    expect(socket.protocol).toBe(PROTOCOL);
    socket.send(JSON.stringify({ type: 'connection_init' }));
    expect(JSON.parse(String(await next()))).toEqual({ type: 'connection_ack' });
    await close();
  });

  test('rejects a ticket that was used', async () => {
    const { ticket } = await issueTicket(running.stack);
    const first = await persevering(() =>
      connect(`${example.url}/?ticket=${ticket}`, { protocols: [PROTOCOL] }),
    );
    await expect(ask(clientWith(ticket), '{ whoami }')).rejects.toMatchObject({ message: /401/ });
    await first.close();
  });

  test('burns no ticket for a client that does not speak GraphQL', async () => {
    const { ticket, ticketId } = await issueTicket(running.stack);
    const protocols = ['admit.v1', `ticket.${ticket}`];
    await expect(connect(example.url, { protocols })).rejects.toMatchObject({ status: 400 });
    await expectStory(running.stack, { ticket: ticketId }, ADMITTED_AGAIN.slice(0, 3));
    const client = clientWith(ticket);
    expect(await ask(client, '{ whoami }')).toEqual([{ whoami: 'test-user' }]);
    await client.dispose();
  });

  test('is visited as its README says', async () => {
    const visit = runProgram('examples/graphql-ws/dist/visit.js', [example.url, running.stack.tickets], {});
    expect(await visit.ended, visit.stderr()).toBe(0);
    expect(visit.stdout()).toMatch(/whoami: '[^']+'[\s\S]*countdown: 0/);
  });

  test('rejects within seconds where there is no ticket-service', async () => {
    const nats = await startNats();
    onTestFinished(nats.stop);
    const alone = await startExample('graphql-ws', nats);
    onTestFinished(async () => void (await alone.stop()));
    const at = `${alone.url}/?ticket=${'0'.repeat(32)}`;
    await expect(connect(at, { protocols: [PROTOCOL] })).rejects.toMatchObject({ status: 503 });
  });
});
