import { BusError, type Messages, newId, type Principal } from '@admit-one/core';
import { RejectionError, type Trace } from '@admit-one/runtime';
import {
  controlSubjects,
  jsonMessage,
  jsonReader,
  RenewalAnswer,
  type RenewalMessage,
} from '@admit-one/ticket-client';
import type { ControlState } from '../control/control-state.ts';

export interface RenewalRequest {
  readonly ticketId: string;
  /** Of the fresh token. */
  readonly principal: Principal;
  readonly trace: Trace;
}

/** Renews connections. */
export interface RenewConnection {
  /**
   * @returns when the connection expires, store time in Unix milliseconds; null where it does not
   * @throws {RejectionError} where the token is revoked, or no edge has a connection of this ticket, session and user
   * @throws {StoreError}
   */
  renew(request: RenewalRequest): Promise<number | null>;
  stop(): void;
}

export interface RenewConnectionOptions {
  readonly messages: Messages;
  readonly control: Pick<ControlState, 'refresh' | 'copy' | 'restored' | 'isRevoked'>;
}

/** How long an edge may take to answer. */
const ANSWER_MS = 1_000;
/** Messages may get lost. */
const ASK_AGAIN_MS = 250;
/** How often a token is compared again, where the edge has applied later control entries. */
const MAX_COMPARISONS = 3;
const MAX_IN_FLIGHT = 1_000;

export function createRenewConnection({ messages, control }: RenewConnectionOptions): RenewConnection {
  const waiting = new Map<string, (answer: RenewalAnswer) => void>();
  const read = jsonReader(RenewalAnswer);
  const unsubscribe = messages.subscribe(controlSubjects.renewed, ({ body }) => {
    const answer = read(body);
    if (answer) waiting.get(answer.id)?.(answer);
  });

  /** The edge that has the connection answers; without an answer, there is none. */
  function ask(message: RenewalMessage): Promise<RenewalAnswer | null> {
    const { id } = message;
    const publish = () => {
      try {
        messages.publish(jsonMessage(controlSubjects.renew, message));
      } catch (error) {
        // The time goes on: the bus may be back for the next one.
        if (!(error instanceof BusError)) throw error;
      }
    };
    return new Promise((resolve) => {
      const asking = setInterval(publish, ASK_AGAIN_MS);
      const timeout = setTimeout(() => end(null), ANSWER_MS);
      function end(answer: RenewalAnswer | null): void {
        clearInterval(asking);
        clearTimeout(timeout);
        waiting.delete(id);
        resolve(answer);
      }
      waiting.set(id, end);
      publish();
    });
  }

  return {
    async renew({ ticketId, principal, trace: { traceparent } }) {
      if (waiting.size >= MAX_IN_FLIGHT) throw new RejectionError('overloaded');
      for (let comparison = 0; comparison < MAX_COMPARISONS; comparison += 1) {
        await control.refresh();
        const { version } = control.copy;
        if (!control.restored || !version) throw new RejectionError('store_unavailable');
        // Of the ticket and its connection nothing is compared here: its edge has applied what is about them, and others may name it.
        if (await control.isRevoked(principal)) throw new RejectionError('session_revoked');
        const answer = await ask({ id: newId(), ticketId, principal, version, traceparent });
        if (answer?.outcome === 'renewed') return answer.expiresAt;
        if (!answer)
          throw new RejectionError('request_invalid', {
            status: 404,
            detail: 'No edge has a connection of this ticket for the session and user of the token.',
          });
      }
      throw new RejectionError('overloaded');
    },
    stop: unsubscribe,
  };
}
