import type { AdmitSocket } from '@admit-one/client';
import { CommandError, exitCodes } from '../exit-codes.ts';
import type { Narrator } from '../narrator.ts';
import { type CloseInfo, describeLoss, meaningOf } from './close-info.ts';
import type { ConnectErrors } from './connect-errors.ts';
import { timeoutError } from './server-fault.ts';

/** When to try again: never, once a connection was there and is lost, or from the first attempt on. */
export type Persistence = 'never' | 'once-connected' | 'always';

/** How it all ended: with a connection, or with an attempt at one. */
export type End =
  | ({ readonly kind: 'closed' } & Omit<CloseInfo, 'byUs'>)
  | { readonly kind: 'failed'; readonly fault: CommandError };

export interface CourseOptions {
  readonly base: URL;
  readonly persistence: Persistence;
  readonly narrator: Narrator;
  readonly faults: ConnectErrors;
}

/** Tells what becomes of a client's connections, and what it waits for between them. Resolves when there will be no more. */
export function follow(
  socket: AdmitSocket,
  { base, persistence, narrator, faults }: CourseOptions,
): Promise<End> {
  let wasConnected = false;
  let isOpen = false;
  let fault: CommandError | undefined;

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

function noConnection(): CommandError {
  return new CommandError('It ended while there was no connection.', exitCodes.refused);
}

function faultOf({ reason }: AdmitSocket, base: URL, faults: ConnectErrors): CommandError {
  if (reason === 'TIMEOUT') return timeoutError(base);
  const known = faults.last();
  if (known) return known;
  const meaning = meaningOf(reason ?? '') || 'It did not come to a connection.';
  return new CommandError(`${reason}: ${meaning}`, exitCodes.refused);
}
