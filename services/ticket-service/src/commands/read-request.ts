import { type CommandContext, type TicketCommand, ticketIdOf } from '@admit-one/core';
import {
  ConfirmRequest,
  createGuard,
  RedeemRequest,
  ReleaseRequest,
  ReserveRequest,
} from '@admit-one/ticket-client';

/** A command on one ticket. */
export interface TicketCommandRequest {
  readonly ticketId: string;
  readonly command: TicketCommand;
}

/** The commands that come over the bus. */
export type BusCommand = 'reserve' | 'confirm' | 'release' | 'redeem';

/** Reads a command from a message on the bus; null where it is malformed. */
export type RequestReader = (body: unknown) => TicketCommandRequest | null;

export function createRequestReaders(): Readonly<Record<BusCommand, RequestReader>> {
  const isReserve = createGuard(ReserveRequest);
  const isConfirm = createGuard(ConfirmRequest);
  const isRelease = createGuard(ReleaseRequest);
  const isRedeem = createGuard(RedeemRequest);
  return {
    reserve: (body) =>
      isReserve(body)
        ? { ticketId: ticketIdOf(body.proof), command: { type: 'reserve', ...commonOf(body) } }
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
