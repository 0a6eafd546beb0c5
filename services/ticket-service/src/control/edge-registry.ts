import { BusError, type ControlVersion, hasReached, type Messages } from '@admit-one/core';
import { RejectionError } from '@admit-one/runtime';
import {
  type ConnectionResult,
  ControlEdgeMessage,
  controlSubjects,
  jsonReader,
} from '@admit-one/ticket-client';

/** Which edges did what they were asked. */
export interface EdgeConfirmations {
  readonly confirmed: string[];
  readonly unconfirmed: string[];
}

/** The edges that this process has heard of lately. A method throws `RejectionError` where the bus fails the first `ask`. */
export interface EdgeRegistry {
  /**
   * Waits until every edge has applied a version, or the time is over.
   * @param entry whose closed connections to count
   * @param ask called at once and until all have confirmed: messages may get lost
   */
  confirm(
    version: ControlVersion,
    entry: string,
    ask: () => void,
  ): Promise<EdgeConfirmations & { readonly closed: number }>;
  /** Collects the answers to a question. */
  question(
    id: string,
    ask: () => void,
  ): Promise<EdgeConfirmations & { readonly connections: number; readonly users: number }>;
  /** Collects the results of a command. @param ask called at once and again: an edge carries the command out once */
  results(
    id: string,
    ask: () => void,
  ): Promise<EdgeConfirmations & { readonly results: readonly ConnectionResult[] }>;
  stop(): void;
}

/** An edge announces itself every 10 s. Without a word for this long it is not waited for. */
const SILENT_MS = 30_000;
const CONFIRM_MS = 2_000;
const ASK_AGAIN_MS = 250;

export function createEdgeRegistry(messages: Messages): EdgeRegistry {
  const heard = new Map<string, { readonly at: number; readonly version: ControlVersion | null }>();
  const listeners = new Set<(message: ControlEdgeMessage) => void>();
  const read = jsonReader(ControlEdgeMessage);

  const unsubscribe = messages.subscribe(controlSubjects.edge, ({ body }) => {
    const message = read(body);
    if (!message) return;
    if (message.stopped) heard.delete(message.edge);
    else heard.set(message.edge, { at: performance.now(), version: message.version });
    for (const listener of listeners) listener(message);
  });

  function known(): readonly string[] {
    const since = performance.now() - SILENT_MS;
    for (const [edge, { at }] of heard) if (at < since) heard.delete(edge);
    return [...heard.keys()];
  }

  /** Asks until every known edge has done it, and says which have. */
  async function collect(
    ask: () => void,
    isDone: (message: ControlEdgeMessage) => boolean,
  ): Promise<EdgeConfirmations> {
    const waiting = new Set(known());
    const confirmed: string[] = [];
    await new Promise<void>((resolve) => {
      const asking = setInterval(askAgain, ASK_AGAIN_MS);
      const timeout = setTimeout(end, CONFIRM_MS);

      function hear(message: ControlEdgeMessage): void {
        if (!message.stopped && !isDone(message)) return;
        const wasWaited = waiting.delete(message.edge);
        if (!message.stopped && (wasWaited || !confirmed.includes(message.edge)))
          confirmed.push(message.edge);
        if (waiting.size === 0) end();
      }

      function askAgain(): void {
        try {
          ask();
        } catch (error) {
          // The time goes on: the bus may be back for the next one.
          if (!(error instanceof BusError)) throw error;
        }
      }

      function stop(): void {
        clearInterval(asking);
        clearTimeout(timeout);
        listeners.delete(hear);
      }

      function end(): void {
        stop();
        resolve();
      }

      listeners.add(hear);
      try {
        ask();
      } catch (error) {
        stop();
        if (!(error instanceof BusError)) throw error;
        throw new RejectionError('upstream_unavailable', {
          detail: 'The bus does not answer.',
          cause: error,
        });
      }
      if (waiting.size === 0) end();
    });
    return { confirmed, unconfirmed: [...waiting] };
  }

  return {
    async confirm(version, entry, ask) {
      const closed = new Map<string, number>();
      const edges = await collect(ask, (message) => {
        if (!hasReached(message.version, version)) return false;
        closed.set(message.edge, message.closed[entry] ?? closed.get(message.edge) ?? 0);
        return true;
      });
      return { ...edges, closed: sumOf(closed.values()) };
    },
    async question(id, ask) {
      const connections = new Map<string, number>();
      const users = new Set<string>();
      const edges = await collect(ask, ({ edge, answer }) => {
        if (answer?.id !== id) return false;
        connections.set(edge, answer.connections);
        for (const user of answer.users) users.add(user);
        return true;
      });
      return { ...edges, connections: sumOf(connections.values()), users: users.size };
    },
    async results(id, ask) {
      const results = new Map<string, ConnectionResult>();
      const edges = await collect(ask, ({ edge, result }) => {
        if (result?.id !== id) return false;
        results.set(edge, result);
        return true;
      });
      return { ...edges, results: [...results.values()] };
    },
    stop: unsubscribe,
  };
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
