import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect } from '@admit-one/testkit';
import { expect, it } from 'vitest';
import { startEdgeFixture } from '../edge.fixture.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

it('keeps nothing of the request for as long as the connection lasts', async () => {
  const requests: WeakRef<object>[] = [];
  const fixture = await startEdgeFixture({}, (request) => requests.push(new WeakRef(request)));
  const connection = await connect(await fixture.ticketUrl());
  connection.socket.send('hello');
  expect(await connection.next()).toBe('hello');

  await expect
    .poll(() => {
      collectGarbage();
      return requests.map((request) => request.deref() !== undefined);
    })
    .toEqual([false]);
  expect(fixture.edge.connections()).toBe(1);
});
