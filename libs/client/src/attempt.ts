import type { Addresses } from './addresses.ts';
import type { Environment, WebSocketLike } from './environment.ts';
import type { Effect, Input, Machine } from './machine/machine.ts';
import { httpFailure, ownFailure, publicCodeOf } from './machine/verdict.ts';
import { openSocket } from './open-socket.ts';
import type { ConnectOptions, TicketReply } from './options.ts';
import type { Prefetch } from './prefetch.ts';
import { readTicket, requestStatus, requestTicket, StepFailure } from './requests.ts';

/** What the attempts of one sequence have in common. */
export interface AttemptContext {
  readonly options: ConnectOptions;
  readonly environment: Environment;
  readonly addresses: Addresses;
  readonly prefetch: Prefetch | null;
  /** The tickets that were presented; one is never presented twice. */
  readonly spent: Set<string>;
  readonly tell: (input: Input) => void;
  readonly message: (event: MessageEvent) => void;
}

/** The effects that are steps of an attempt. */
export type StepEffect = Extract<Effect, { do: 'token' | 'ticket' | 'upgrade' | 'status' }>;

/** One passage through token, ticket and upgrade, and the connection that comes of it. The only holder of secrets. */
export interface Attempt {
  readonly signal: AbortSignal;
  readonly ticketId: () => string | null;
  readonly socket: () => WebSocketLike | null;
  /** Does a step. @returns what came of it, or null where events will tell @throws {StepFailure} */
  readonly take: (effect: StepEffect, machine: Machine) => Promise<Input | null>;
  /** Ends it, its connection too. Nothing of it is heard again. */
  readonly abandon: () => void;
}

export function beginAttempt(context: AttemptContext): Attempt {
  const { options, environment, addresses, prefetch, spent } = context;
  const { getToken, getTicket, route } = options;
  const controller = new AbortController();
  const { signal } = controller;
  let fresh = false;
  let token = '';
  let reply: TicketReply | null = null;
  let socket: WebSocketLike | null = null;

  async function askToken(reason: Machine['reason']): Promise<void> {
    if (!getToken) return;
    const answer = await getToken({ fresh, reason: publicCodeOf(reason), signal });
    if (answer === null) throw new StepFailure(ownFailure('SIGNED_OUT'));
    token = answer;
  }

  async function askTicket({ reason, lastFailure }: Machine): Promise<void> {
    reply = getTicket
      ? readTicket(
          await getTicket({ fresh, reason: publicCodeOf(reason), route: route ?? null, lastFailure, signal }),
        )
      : (prefetch?.take(token) ??
        (await requestTicket(environment, addresses, { token, route, lastFailure, signal })));
    if (spent.has(reply.ticket)) throw new StepFailure(httpFailure(401, 'NOT_AUTHORIZED'));
    spent.clear();
    spent.add(reply.ticket);
  }

  const ticket = () => reply?.ticket ?? '';

  return {
    signal,
    ticketId: () => reply?.ticketId ?? null,
    socket: () => socket,
    async take(effect, machine) {
      switch (effect.do) {
        case 'token':
          fresh = effect.fresh;
          await askToken(machine.reason);
          return { type: 'token' };
        case 'ticket':
          await askTicket(machine);
          return { type: 'ticket' };
        case 'upgrade':
          socket = openSocket(context, effect.present, effect.present === 'jwt' ? token : ticket(), signal);
          return null;
        case 'status':
          return {
            type: 'told',
            code: await requestStatus(environment, addresses, { token, ticket: ticket(), signal }),
          };
      }
    },
    abandon() {
      controller.abort();
      socket?.close();
    },
  };
}
