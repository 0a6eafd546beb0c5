import { HEARTBEAT_PROTOCOL } from '@admit-one/gate';
import type { WebSocket } from 'ws';
import type { Lease } from './lease.ts';

const HEARTBEAT = Buffer.from(HEARTBEAT_PROTOCOL);

/** Whether a text is a heartbeat: the client has agreed on them, and pages can't send pings. */
export function isHeartbeat({ protocol }: WebSocket, text: Buffer): boolean {
  return protocol === HEARTBEAT_PROTOCOL && text.equals(HEARTBEAT);
}

/** The heartbeat itself, and in how many seconds the connection expires, where it does. */
export function heartbeatAnswer(lease: Lease): string {
  const seconds = lease.secondsLeft();
  return seconds === null ? HEARTBEAT_PROTOCOL : `${HEARTBEAT_PROTOCOL} ${seconds}`;
}
