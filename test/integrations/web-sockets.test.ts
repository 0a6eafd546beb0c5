import {
  connect,
  encodeFrame,
  missingEngines,
  newWebSocketKey,
  opcodes,
  openSocket,
  type RawSocket,
  startNats,
} from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { expectAnswer } from '../incidents/answer.ts';
import { expectNothingMissing, expectStory } from '../stack/audit-log.ts';
import { runProgram } from '../stack/program.ts';
import { FRONTEND } from '../stack/stack.ts';
import { carrying, issueTicket, persevering } from '../stack/visitor.ts';
import {
  ADMITTED,
  ADMITTED_AGAIN,
  type Example,
  type ExampleName,
  type ExampleStack,
  startExample,
  startExampleStack,
} from './example.fixture.ts';

const missing = missingEngines('nats');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

const examples: readonly ExampleName[] = ['ws', 'fastify-websocket', 'multi-pass'];
const early = encodeFrame({ opcode: opcodes.text, payload: Buffer.from('early') });

describe.skipIf(missing)(`examples with plain WebSockets${skipped}`, () => {
  let running: ExampleStack;

  beforeAll(async () => {
    running = await startExampleStack();
  });
  afterAll(async () => {
    await expectNothingMissing(running.stack);
    await running.stop();
  });

  describe.each(examples)('%s', (name) => {
    let example: Example;
    let url: string;

    beforeAll(async () => {
      example = await startExample(name, running.nats, { MAX_PER_USER: '20' });
      url = `${example.url}/ws`;
    });
    afterAll(async () => {
      expect(await example.stop()).toBe(0);
      expect(example.program.stderr()).toBe('');
    });

    test('admits once, and tells the handler whom', async () => {
      const issued = await issueTicket(running.stack);
      const connection = await persevering(() => connect(url, { protocols: carrying(issued.ticket) }));
      expect(connection.socket.protocol).toBe('admit.v1');
      const story = await expectStory(running.stack, { ticket: issued.ticketId }, ADMITTED);
      const id = story.at(-1)?.data.connection;
      expect(await connection.next()).toBe(`hello test-user, you are ${id}`);
      connection.socket.send('there and back');
      expect(await connection.next()).toBe('there and back');
      await connection.close();
      expect(example.program.stdout()).not.toContain(issued.ticket);
      const verdict = 'Admitted once from 127.0.0.1; its server does not report when its connections end.';
      await expectAnswer(running.stack, `why ${issued.ticketId}`, verdict);
    });

    test('rejects a ticket that was used, in the form that the client can read', async () => {
      const { ticket } = await issueTicket(running.stack);
      const first = await persevering(() => connect(`${url}?ticket=${ticket}`));
      const rejected = { status: 401, problem: { code: 'NOT_AUTHORIZED' } };
      await expect(connect(`${url}?ticket=${ticket}`)).rejects.toMatchObject(rejected);
      const browser = await connect(url, { protocols: carrying(ticket), origin: FRONTEND });
      expect(await browser.closed).toEqual({ code: 4401, reason: 'NOT_AUTHORIZED' });
      await first.close();
    });

    test.each(['', '?ticket=x', `?ticket=${'0'.repeat(32)}`])('rejects %j', async (query) => {
      await expect(connect(url + query)).rejects.toMatchObject({
        status: 401,
        headers: { 'content-type': 'application/problem+json' },
      });
    });

    test('gives the ticket back where the handshake fails', async () => {
      const { ticket, ticketId } = await issueTicket(running.stack);
      const at = `${url}?ticket=${ticket}`;
      const failed = await openSocket(at, { headers: { 'sec-websocket-version': '9' } });
      expect(await failed.response()).toMatchObject({ status: 400 });
      await expectStory(running.stack, { ticket: ticketId }, ADMITTED_AGAIN.slice(0, 3));
      const connection = await persevering(() => connect(at));
      expect(await connection.next()).toMatch(/^hello test-user/);
      await expectStory(running.stack, { ticket: ticketId }, ADMITTED_AGAIN);
      await connection.close();
    });

    test('hears what came early from the one that is admitted, and from no other with the same key', async () => {
      const { ticket } = await issueTicket(running.stack);
      const key = newWebSocketKey();
      const sockets = await Promise.all(
        Array.from({ length: 10 }, () => openSocket(`${url}?ticket=${ticket}`, { key, pipelined: early })),
      );
      const losers = async () => {
        const ends = sockets.map(({ frames }) => frames.map(({ opcode }) => opcode).join());
        return ends.filter((opcodes) => opcodes === '8').length;
      };
      const rejectedByHttp = () =>
        sockets.filter(({ bytes }) => bytes.toString('latin1').startsWith('HTTP/1.1 401')).length;
      await expect.poll(async () => (await losers()) + rejectedByHttp()).toBe(9);
      const isWinner = ({ frames }: RawSocket) => frames.some(({ opcode }) => opcode === opcodes.text);
      await expect
        .poll(() => sockets.find(isWinner)?.frames.map(({ payload }) => payload.toString()))
        .toEqual([expect.stringMatching(/^hello/), 'early']);
      for (const socket of sockets) socket.abort();
    });
  });

  test.each(examples)('%s is visited as its README says', async (name) => {
    const example = await startExample(name, running.nats);
    onTestFinished(async () => void (await example.stop()));
    const visit = runProgram('examples/ws/dist/visit.js', [`${example.url}/ws`, running.stack.tickets], {});
    expect(await visit.ended, visit.stderr()).toBe(0);
    expect(visit.stdout()).toMatch(
      /received: hello [\s\S]*received: there and back\nthe same ticket again: .*401/,
    );
    expect(await example.stop()).toBe(0);
  });

  test('multi-pass asks three times in one handshake, and burns no ticket where a later layer rejects', async () => {
    const { stack } = running;
    const example = await startExample('multi-pass', running.nats, { MAX_PER_USER: '1' });
    onTestFinished(async () => void (await example.stop()));
    const [first, second] = [await issueTicket(stack), await issueTicket(stack)];
    const handshakes: string[] = [];
    const leave = stack.backend.subscribe('admit.ticket.reserve', ({ body }) =>
      handshakes.push(JSON.parse(Buffer.from(body).toString()).handshake),
    );
    // A reply on the same connection: the server knows the subscription.
    await stack.backendRequests.request('admit.backend.list', { session: 'nobody' }, 5_000);
    const connection = await persevering(() => connect(`${example.url}/?ticket=${first.ticket}`));
    expect(await connection.next()).toMatch(/^hello/);
    await expect.poll(() => handshakes.length).toBe(3);
    expect(new Set(handshakes).size).toBe(1);
    leave();
    await expectStory(running.stack, { ticket: first.ticketId }, ADMITTED);

    const again = `${example.url}/?ticket=${second.ticket}`;
    await expect(connect(again)).rejects.toMatchObject({ status: 429, problem: { code: 'RATE_LIMITED' } });
    await expectStory(running.stack, { ticket: second.ticketId }, ADMITTED_AGAIN.slice(0, 3));
    await connection.close();
    const admitted = await persevering(() => connect(again));
    expect(await admitted.next()).toMatch(/^hello/);
    await expectStory(running.stack, { ticket: second.ticketId }, ADMITTED_AGAIN);
    expect(await example.stop()).toBe(0);
  });
});

describe.skipIf(missing)(`examples without a ticket-service${skipped}`, () => {
  test.each(examples)('%s rejects within seconds, and says that it is not ready', async (name) => {
    const nats = await startNats();
    onTestFinished(nats.stop);
    const example = await startExample(name, nats);
    onTestFinished(async () => void (await example.stop()));
    const startedAt = performance.now();
    const at = `${example.url}/ws?ticket=${'0'.repeat(32)}`;
    await expect(connect(at, { origin: FRONTEND })).rejects.toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      problem: { code: 'UNAVAILABLE' },
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect((await fetch(`${example.url.replace('ws:', 'http:')}/readyz`)).status).toBe(503);
    await nats.kill();
    await expect.poll(() => connect(at).catch((rejected) => rejected.status)).toBe(503);
  });
});
