import { newId } from '@admit-one/core';
import { connect } from '@admit-one/testkit';
import { type ControlEdgeMessage, controlSubjects, jsonMessage } from '@admit-one/ticket-client';
import { expect, it } from 'vitest';
import { startEdgeFixture } from '../edge.fixture.ts';

it('is carried out once, and answered each time it is asked', async () => {
  const { edge, bus, ticketUrl } = await startEdgeFixture();
  const { socket, next } = await connect(await ticketUrl('/ws', { principal: { session: 's-1' } }));
  await expect.poll(() => edge.connections()).toBe(1);
  const results: ControlEdgeMessage['result'][] = [];
  bus.messages.subscribe(controlSubjects.edge, ({ body }) => {
    const { result } = JSON.parse(Buffer.from(body).toString()) as ControlEdgeMessage;
    if (result) results.push(result);
  });
  const command = {
    id: newId(),
    target: { issuer: 'main', session: 's-1', user: null, connection: null },
    action: { kind: 'send', body: Buffer.from('hello').toString('base64'), binary: false },
  };
  for (let time = 0; time < 3; time += 1) bus.messages.publish(jsonMessage(controlSubjects.command, command));
  await expect
    .poll(() => results)
    .toEqual(Array.from({ length: 3 }, () => ({ id: command.id, connections: 1, listed: [] })));
  socket.send('echo');
  expect([await next(), await next()]).toEqual(['hello', 'echo']);
});
