import type { ProbeTarget } from '../probe/attempt.ts';
import { openProbeSocket, type ProbeSocket } from '../probe/probe-socket.ts';
import { requestTicket } from '../probe/probe-ticket.ts';

/** A connection that a user keeps open, and opens again when it is lost. */
export interface HeldConnection {
  readonly isOpen: boolean;
  /** How often it was lost. */
  readonly losses: number;
  /** The longest time without it so far, milliseconds. */
  readonly longestGapMs: number;
  /** Looks whether it still answers, and opens it again where it does not. */
  check(): Promise<void>;
  close(): void;
}

/** Opens one, with its own ticket. @throws {CommandError} @throws {DOMException} where it takes too long */
export async function holdConnection(target: ProbeTarget): Promise<HeldConnection> {
  let socket: ProbeSocket | undefined = await open(target);
  let losses = 0;
  let lostAt = 0;
  let longestGapMs = 0;

  const gapMs = () => performance.now() - lostAt;

  return {
    get isOpen() {
      return socket !== undefined;
    },
    get losses() {
      return losses;
    },
    get longestGapMs() {
      return socket ? longestGapMs : Math.max(longestGapMs, gapMs());
    },
    async check() {
      if (socket) {
        try {
          return await socket.ping(AbortSignal.timeout(target.timeoutMs));
        } catch {
          socket.terminate();
          socket = undefined;
          losses += 1;
          lostAt = performance.now();
        }
      }
      socket = await open(target).catch(() => undefined);
      if (socket) longestGapMs = Math.max(longestGapMs, gapMs());
    },
    close() {
      socket?.terminate();
    },
  };
}

/** Resolves when the connection is admitted: it has answered. */
async function open(target: ProbeTarget): Promise<ProbeSocket> {
  const { urls, tokens, route, origin, check, timeoutMs } = target;
  const signal = AbortSignal.timeout(timeoutMs);
  const token = await tokens.take(signal);
  const { ticket } = await requestTicket({ urls, route, origin, token }, signal);
  const socket = await openProbeSocket({ url: urls.socket, ticket, origin }, signal);
  try {
    await socket[check](signal);
    return socket;
  } catch (error) {
    socket.terminate();
    throw error;
  }
}
