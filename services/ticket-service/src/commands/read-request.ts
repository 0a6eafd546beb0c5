import { type CommandContext, type ExchangeCommand, type TicketCommand, ticketIdOf } from '@admit-one/core';
import {
  ConfirmRequest,
  createGuard,
  ExchangeRequest,
  RedeemRequest,
  ReleaseRequest,
  ReserveRequest,
} from '@admit-one/ticket-client';

/** A command on one ticket. */
export interface TicketCommandRequest {
  readonly ticketId: string;
  readonly command: TicketCommand | UnverifiedExchange;
}

/** A command whose JWT is still to be verified. */
export interface UnverifiedExchange extends Omit<ExchangeCommand, 'principal'> {
  /** A secret. */
  readonly token: string;
}

/** The commands that come over the bus. */
export type BusCommand = 'reserve' | 'exchange' | 'confirm' | 'release' | 'redeem';

/** Reads a command from a message on the bus; null where it is malformed. */
export type RequestReader = (body: unknown) => TicketCommandRequest | null;

export function createRequestReaders(): Readonly<Record<BusCommand, RequestReader>> {
  const isReserve = createGuard(ReserveRequest);
  const isExchange = createGuard(ExchangeRequest);
  const isConfirm = createGuard(ConfirmRequest);
  const isRelease = createGuard(ReleaseRequest);
  const isRedeem = createGuard(RedeemRequest);
  return {
    reserve: (body) =>
      isReserve(body)
        ? { ticketId: ticketIdOf(body.proof), command: { type: 'reserve', ...commonOf(body) } }
        : null,
    exchange: (body) =>
      isExchange(body)
        ? {
            ticketId: ticketIdOf(body.proof),
            command: {
              type: 'exchange',
              ...commonOf(body),
              token: body.token,
              ...(body.client !== undefined && { client: body.client }),
            },
          }
        : null,
    redeem: (body) =>
      isRedeem(body)
        ? { ticketId: ticketIdOf(body.proof), command: { type: 'redeem', ...commonOf(body) } }
        : null,
    confirm: (body) =>
      isConfirm(body)
        ? {
            ticketId: body.ticketId,
            command: {
              type: 'confirm',
              ...commonOf(body),
              connection: body.connection,
              ...(body.upgradeStartedAt !== undefined && { upgradeStartedAt: body.upgradeStartedAt }),
            },
          }
        : null,
    release: (body) =>
      isRelease(body)
        ? { ticketId: body.ticketId, command: { type: 'release', ...commonOf(body), why: body.why } }
        : null,
  };
}

interface Common {
  readonly command: string;
  readonly handshake: string;
  readonly deadline: number;
  readonly context: CommandContext;
}

/** Unknown members pass the guards, and must not pass into events. */
function commonOf({ command: id, handshake, deadline, context }: Common) {
  const { address, origin, agent, route, carrier, edge, traceparent } = context;
  return { id, handshake, deadline, context: { address, origin, agent, route, carrier, edge, traceparent } };
}
