import { type Messages, newId } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import {
  type ConnectionAction,
  type ConnectionTarget,
  closeOrder,
  controlSubjects,
  jsonMessage,
  MAX_SENT_BYTES,
} from '@admit-one/ticket-client';
import type { EdgeRegistry } from '../control/edge-registry.ts';
import { assertOne, type IssuerOf, invalid } from '../control/request-members.ts';
import type {
  CloseBody,
  ConnectionsReply,
  ConnectionTargetBody,
  ListReply,
  SendBody,
} from './connection-schemas.ts';

/** What a backend does with connections, at all edges. All methods throw `RejectionError`. */
export interface ConnectionActions {
  list(body: ConnectionTargetBody): Promise<ListReply>;
  send(body: SendBody): Promise<ConnectionsReply>;
  close(body: CloseBody): Promise<ConnectionsReply>;
}

export interface ConnectionActionsOptions {
  readonly edges: EdgeRegistry;
  readonly messages: Messages;
  readonly issuerOf: IssuerOf;
  /** How many may wait for the edges at once; above it, OVERLOADED. */
  readonly maxInFlight?: number;
}

export function createConnectionActions(options: ConnectionActionsOptions): ConnectionActions {
  const { edges, messages, issuerOf, maxInFlight = 100 } = options;
  let inFlight = 0;

  function targetOf({ session, user, connection, issuer }: ConnectionTargetBody): ConnectionTarget {
    assertOne({ session, user, connection });
    return {
      issuer: connection === undefined ? issuerOf(issuer) : null,
      session: session ?? null,
      user: user ?? null,
      connection: connection ?? null,
    };
  }

  async function carryOut(body: ConnectionTargetBody, action: ConnectionAction): Promise<ListReply> {
    const target = targetOf(body);
    if (inFlight >= maxInFlight) throw new RejectionError('overloaded');
    inFlight += 1;
    try {
      const id = newId();
      const command = jsonMessage(controlSubjects.command, { id, target, action });
      const { results, ...answered } = await edges.results(id, () => messages.publish(command));
      return {
        connections: results.reduce((sum, { connections }) => sum + connections, 0),
        listed: results.flatMap(({ listed }) => listed),
        edges: answered,
      };
    } finally {
      inFlight -= 1;
    }
  }

  return {
    list: (body) => carryOut(body, { kind: 'list' }),
    async send({ text, base64, ...body }) {
      assertOne({ text, base64 });
      const message = Buffer.from(text ?? base64 ?? '', text === undefined ? 'base64' : 'utf8');
      if (message.length > MAX_SENT_BYTES) throw invalid(`a message has at most ${MAX_SENT_BYTES} bytes.`);
      const binary = text === undefined;
      return shortOf(await carryOut(body, { kind: 'send', body: message.toString('base64'), binary }));
    },
    async close({ code = 1000, reason = '', ...body }) {
      const order = closeOrder(code, reason);
      if (!order)
        throw invalid(
          'code must be 1000, 1008, 1011, 1012, 1013 or 3000 to 4999, and reason at most 123 bytes of UTF-8.',
        );
      return shortOf(await carryOut(body, { kind: 'close', ...order }));
    },
  };
}

function shortOf({ connections, edges }: ListReply): ConnectionsReply {
  return { connections, edges };
}
