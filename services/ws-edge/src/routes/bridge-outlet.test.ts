import { expect, it, onTestFinished, vi } from 'vitest';
import { closedByPeer } from '../connection/close-info.ts';
import { ENDLESS } from '../connection/lease.ts';
import type { Connection } from '../connection/types.ts';
import { createBridge } from './bridge.ts';
import { createBridgeOutlet } from './bridge-outlet.ts';
import { countingMessages } from './counting-messages.fixture.ts';

function connection(id: string, user: string): Connection {
  const principal = {
    issuer: 'main',
    session: 's-1',
    sessionFrom: 'sid',
    user,
    tokenIssuedAt: 0,
    kid: null,
    attributes: {},
  };
  return {
    id,
    ticketId: 't',
    pathway: 'ticket',
    address: null,
    principal,
    route: 'chat',
    lease: ENDLESS,
    send() {},
    close() {},
    closeWith() {},
    isOpen: true,
    openedAt: 0,
    bufferedBytes: () => 0,
    heldBytes: () => 0,
    drop() {},
  };
}

it('subscribes for connections together, for sessions, users and routes while somebody is there and 30 s longer', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { messages, open } = countingMessages();
  const outlet = createBridgeOutlet({ messages, edge: 'edge-1', onRejected: () => {} });
  const bridge = createBridge('chat', { messages, outlet, edge: 'edge-1' });
  expect(open()).toBe(1);
  const first = bridge.open(connection('c-1', 'u-1'));
  expect(open()).toBe(4);
  const second = bridge.open(connection('c-2', 'u-2'));
  expect(open()).toBe(5);
  first.closed(closedByPeer(1000, ''));
  vi.advanceTimersByTime(29_999);
  expect(open()).toBe(5);
  vi.advanceTimersByTime(1);
  expect(open()).toBe(4);
  second.closed(closedByPeer(1000, ''));
  expect(open()).toBe(4);
  outlet.stop();
  expect(open()).toBe(0);
});
