import type { AdmitSocket } from '@admit-one/client';
import { CommandFault, exitCodes } from '../exit-codes.ts';
import type { Narrator } from '../narrator.ts';
import { describeLoss, type Ending, meaningOf } from './ending.ts';
import type { Faults } from './faults.ts';
import { lateFault } from './server-fault.ts';

/** When to try again: never, once a connection was there and is lost, or from the first attempt on. */
export type Persistence = 'never' | 'once-connected' | 'always';

/** How it all ended: with a connection, or with an attempt at one. */
export type End =
  | ({ readonly kind: 'closed' } & Omit<Ending, 'byUs'>)
  | { readonly kind: 'failed'; readonly fault: CommandFault };

export interface CourseOptions {
  readonly base: URL;
  readonly persistence: Persistence;
  readonly narrator: Narrator;
  readonly faults: Faults;
}

/** Tells what becomes of a client's connections, and what it waits for between them. Resolves when there will be no more. */
export function follow(
  socket: AdmitSocket,
  { base, persistence, narrator, faults }: CourseOptions,
): Promise<End> {
  let wasConnected = false;
  let isOpen = false;
  let fault: CommandFault | undefined;

  function tellRetry(): void {
    const seconds = Math.max(0, (socket.nextRetryAt ?? 0) - Date.now()) / 1000;
    narrator.say(`trying again in ${seconds.toFixed(1)} s, with a fresh ticket`);
  }

  function attemptFailed(): void {
    const former = fault?.message;
    fault = faultOf(socket, base, faults);
    if (socket.state === 'stopped') return;
    if (persistence === 'once-connected' && !wasConnected) queueMicrotask(() => socket.close());
    else {
      if (fault.message !== former) narrator.say(fault.message);
      tellRetry();
    }
  }

  return new Promise((resolve) => {
    socket.addEventListener('open', () => {
      wasConnected = true;
      isOpen = true;
      fault = undefined;
    });
    socket.addEventListener('statechange', ({ detail: { state, reason } }) => {
      const failed = state === 'waiting' || (state === 'stopped' && reason !== 'CLOSED');
      if (failed && !isOpen) attemptFailed();
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const wasOpen = isOpen;
      isOpen = false;
      if (socket.state === 'stopped')
        return resolve(
          wasOpen ? { kind: 'closed', code, reason } : { kind: 'failed', fault: fault ?? noConnection() },
        );
      for (const line of describeLoss({ code, reason, byUs: false })) narrator.say(line);
      tellRetry();
    });
  });
}

function noConnection(): CommandFault {
  return new CommandFault('It ended while there was no connection.', exitCodes.refused);
}

function faultOf({ reason }: AdmitSocket, base: URL, faults: Faults): CommandFault {
  if (reason === 'TIMEOUT') return lateFault(base);
  const known = faults.last();
  if (known) return known;
  const meaning = meaningOf(reason ?? '') || 'It did not come to a connection.';
  return new CommandFault(`${reason}: ${meaning}`, exitCodes.refused);
}
