import { connect as connectClient } from '@admit-one/client';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { createNarrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';
import { addressesOf } from './addresses.ts';
import { clientSocketClass } from './client-socket.ts';
import { converse, printMessages, untilOpen } from './conversation.ts';
import { follow, type Persistence } from './course.ts';
import { describeEnding, isClean } from './ending.ts';
import { createFaults } from './faults.ts';
import type { GivenToken } from './given-token.ts';
import { createObservedFetch } from './observed-fetch.ts';
import { createTokenSource } from './token-source.ts';

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

/**
 * Token, ticket, connection, and a conversation until either side ends it.
 * @throws {CommandFault} where it does not come to a connection
 */
export async function connect(options: ConnectOptions, terminal: Terminal): Promise<ExitCode> {
  const { url: base, route, carrier, origin, persistence, lingerMs, verbose = false } = options;
  const { stdin, stdout, stderr, interrupted } = terminal;
  const narrator = createNarrator(stderr, { verbose });
  const faults = createFaults();
  const addresses = addressesOf(base, route);
  const fetch = createObservedFetch({ addresses, narrator, faults });
  const socket = connectClient({
    url: addresses.socket,
    ticketUrl: addresses.ticket,
    ...(route !== undefined && { route }),
    carrier,
    reconnect: persistence !== 'never',
    getToken: createTokenSource({ given: options.token, addresses, fetch, narrator, faults }),
    environment: { fetch, WebSocket: clientSocketClass({ addresses, origin, narrator, faults }) },
  });
  printMessages(socket, stdout);
  const gone = new AbortController();
  const ended = follow(socket, { base, persistence, interrupted, narrator, faults });
  void ended.then(() => gone.abort());
  const over = AbortSignal.any([interrupted, gone.signal]);

  await untilOpen(socket, over);
  if (stdin.isTTY && !over.aborted) narrator.say('each line you type is a message; Ctrl-D ends');
  await converse({ socket, stdin, lingerMs, over });
  const byUs = socket.state === 'open';
  socket.close(1000);
  const end = await ended;
  if (end.kind === 'failed') throw end.fault;
  const ending = { ...end, byUs };
  for (const line of describeEnding(ending)) narrator.say(line);
  return isClean(ending) ? exitCodes.clean : exitCodes.refused;
}
