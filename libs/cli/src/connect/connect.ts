import { connect as connectClient } from '@admit-one/client';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { createNarrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';
import { addressesOf } from './addresses.ts';
import { createClientSockets } from './client-socket.ts';
import { describeEnding, isClean } from './close-info.ts';
import { createConnectErrors } from './connect-errors.ts';
import { converse, messagePrinter, untilOpen } from './conversation.ts';
import { type End, follow, type Persistence } from './course.ts';
import type { GivenToken } from './given-token.ts';
import { createRequests } from './requests.ts';
import { ServerRejection } from './server-fault.ts';
import { createTokenSource } from './token-source.ts';
import { whyRefused } from './why-refused.ts';

export interface ConnectOptions {
  readonly url: URL;
  /** Without one, an anonymous session is begun. */
  readonly token: GivenToken | undefined;
  readonly route?: string;
  readonly carrier: 'subprotocol' | 'query';
  readonly origin?: string;
  readonly persistence: Persistence;
  readonly lingerMs: number;
  readonly verbose?: boolean;
}

/** Token, ticket, connection, and a conversation until either side ends it. */
export async function connect(options: ConnectOptions, terminal: Terminal): Promise<ExitCode> {
  const { url: base, route, carrier, origin, persistence, lingerMs, verbose = false } = options;
  const { stdin, stdout, stderr, interrupted } = terminal;
  const narrator = createNarrator(stderr, { verbose });
  const faults = createConnectErrors();
  const addresses = addressesOf(base, route);
  const { fetch, statusOfLastTicket } = createRequests({ addresses, narrator, faults });
  const onMessage = messagePrinter(stdout);
  const { WebSocket, lastEnd } = createClientSockets({ addresses, origin, narrator, faults, onMessage });
  const socket = connectClient({
    url: addresses.socket,
    ticketUrl: addresses.ticket,
    ...(route !== undefined && { route }),
    carrier,
    reconnect: persistence !== 'never',
    getToken: createTokenSource({ given: options.token, addresses, fetch, narrator, faults }),
    environment: { fetch, WebSocket },
  });
  const gone = new AbortController();
  const ended = follow(socket, { base, persistence, narrator, faults }).finally(() => gone.abort());
  const over = AbortSignal.any([interrupted, gone.signal]);

  await untilOpen(socket, over);
  if (stdin.isTTY && !over.aborted) narrator.say('each line you type is a message; Ctrl-D ends');
  await converse({ socket, stdin, lingerMs, over });
  const byUs = socket.state === 'open';
  socket.close(1000);

  const last = await ended;
  const end = byUs ? ({ kind: 'closed', ...(await lastEnd()) } as const) : last;
  const { lines, publicCode, exitCode } = outcomeOf(end, byUs, interrupted);
  for (const line of lines) narrator.say(line);
  const status = publicCode === 'NOT_AUTHORIZED' ? await statusOfLastTicket() : null;
  if (status) narrator.say(whyRefused(status));
  return exitCode;
}

interface Outcome {
  readonly lines: readonly string[];
  readonly publicCode: string | undefined;
  readonly exitCode: ExitCode;
}

function outcomeOf(end: End, byUs: boolean, interrupted: AbortSignal): Outcome {
  if (end.kind === 'closed') {
    const ending = { ...end, byUs };
    return {
      lines: describeEnding(ending),
      publicCode: end.reason,
      exitCode: isClean(ending) ? exitCodes.clean : exitCodes.refused,
    };
  }
  const { fault } = end;
  if (interrupted.aborted)
    return { lines: ['Interrupted.'], publicCode: undefined, exitCode: exitCodes.refused };
  const publicCode = fault instanceof ServerRejection ? fault.publicCode : undefined;
  return { lines: [fault.message], publicCode, exitCode: fault.exitCode };
}
