import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { createNarrator, type Narrator } from '../narrator.ts';
import type { Terminal } from '../terminal.ts';
import { type Api, createApi } from './api.ts';
import { closeOf, converse, printMessages } from './conversation.ts';
import { describeEnding, isClean } from './ending.ts';
import type { GivenToken } from './given-token.ts';
import { accepted, type Carrier, routeUrl, startUpgrade } from './web-socket.ts';

export interface ConnectOptions {
  readonly url: URL;
  /** Without one, an anonymous session is begun. */
  readonly token: GivenToken | undefined;
  readonly route?: string;
  readonly carrier: Carrier;
  readonly origin?: string;
  readonly lingerMs: number;
  readonly verbose?: boolean;
}

/**
 * Token, ticket, connection, and a conversation until either side ends it.
 * @throws {CommandFault} where it does not come to a connection
 */
export async function connect(options: ConnectOptions, terminal: Terminal): Promise<ExitCode> {
  const { url: base, route, carrier, origin, lingerMs, verbose = false } = options;
  const narrator = createNarrator(terminal.stderr, { verbose });
  const api = createApi(base, narrator, terminal.interrupted);

  const token = await tokenOf(options.token, api, narrator);
  const { ticket, ticketId, expiresInSeconds } = await api.ticket(token, route);
  narrator.say(`ticket ${ticketId} good for ${expiresInSeconds} s`);

  const socket = startUpgrade({ base, route, ticket, carrier, origin });
  printMessages(socket, terminal.stdout);
  socket.on('ping', () => narrator.detail('ping'));
  const closed = closeOf(socket);
  await accepted(socket, base, terminal.interrupted);
  const protocol = socket.protocol === '' ? '' : `, protocol ${socket.protocol}`;
  narrator.say(`connected to ${routeUrl(base, route)}${protocol}`);
  if (terminal.stdin.isTTY) narrator.say('each line you type is a message; Ctrl-D ends');

  const ending = await converse({ socket, closed, terminal, lingerMs });
  for (const line of describeEnding(ending)) narrator.say(line);
  return isClean(ending) ? exitCodes.clean : exitCodes.refused;
}

async function tokenOf(given: GivenToken | undefined, api: Api, narrator: Narrator): Promise<string> {
  if (given) {
    narrator.say(`token from ${given.from}`);
    return given.value;
  }
  const { token, sessionId } = await api.anonymousToken();
  narrator.say(`token of a new anonymous session, ${sessionId}`);
  return token;
}
