import type { CommandContext, LastFailure, Principal, ReleaseReason, TicketBinding } from '../schemas.ts';

interface Command {
  /** The same in every retry of an intention. Retries are recognized within one ticket and handshake. */
  readonly id: string;
  readonly context: CommandContext;
  /** Store time, Unix milliseconds: past it the command is rejected. */
  readonly deadline: number;
}

export interface IssueCommand extends Command {
  readonly type: 'issue';
  readonly principal: Principal;
  readonly route: string | null;
  readonly ttlMs: number;
  readonly binding?: TicketBinding;
  /** The backend that requests it on behalf of the principal. */
  readonly requestedBy?: string;
  readonly client?: string;
  readonly lastFailure?: LastFailure;
}

/** Issue and reserve in one append: the handshake presents a JWT, and its principal is that of the token. */
export interface ExchangeCommand extends Command {
  readonly type: 'exchange';
  readonly handshake: string;
  readonly principal: Principal;
  readonly client?: string;
}

export interface ReserveCommand extends Command {
  readonly type: 'reserve';
  readonly handshake: string;
}

export interface ConfirmCommand extends Command {
  readonly type: 'confirm';
  readonly handshake: string;
  readonly connection: string;
  /** When the upgrade began, store time in Unix milliseconds. */
  readonly upgradeStartedAt?: number;
}

export interface ReleaseCommand extends Command {
  readonly type: 'release';
  readonly handshake: string;
  readonly why: ReleaseReason;
}

export interface RedeemCommand extends Command {
  readonly type: 'redeem';
  readonly handshake: string;
}

export interface RevokeCommand extends Command {
  readonly type: 'revoke';
  readonly why: string;
}

export type TicketCommand =
  | IssueCommand
  | ExchangeCommand
  | ReserveCommand
  | ConfirmCommand
  | ReleaseCommand
  | RedeemCommand
  | RevokeCommand;

/** Whether a command creates its ticket. */
export function grantsTicket({ type }: TicketCommand): boolean {
  return type === 'issue' || type === 'exchange';
}
