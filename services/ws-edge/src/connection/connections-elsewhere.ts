import { BusError, digestOf, type Messages } from '@admit-one/core';
import {
  HELD_CONNECTIONS_SUBJECT,
  HeldConnectionsMessage,
  jsonMessage,
  jsonReader,
} from '@admit-one/ticket-client';

/** What the edges tell each other about sessions and users with many connections. */
export interface ConnectionsElsewhere {
  /** How many connections of a subject the other edges have told of. */
  count(subject: string): number;
  /** Tells the other edges, where the subject holds at least half of its limit here, or did before. */
  changed(subject: string, count: number, limit: number): void;
  stop(): void;
}

export interface ConnectionsElsewhereOptions {
  /** This instance. */
  readonly edge: string;
  readonly messages: Messages;
  readonly repeatMs?: number;
}

const REPEAT_MS = 10_000;
/** How often an edge may fail to repeat itself before its counts are forgotten. */
const MISSED = 3;
/** Of a message: some 300 kB. */
const MAX_TOLD = 10_000;

/**
 * A subject is told of from half of its limit on, at once and then every 10 s. So users with a few connections cost no
 * message, and k edges together hold at most the limit and k - 1 times half of it, or what they opened in the same moment.
 */
export function startConnectionsElsewhere(options: ConnectionsElsewhereOptions): ConnectionsElsewhere {
  const { edge, messages, repeatMs = REPEAT_MS } = options;
  const told = new Map<string, number>();
  const others = new Map<string, { readonly held: Map<string, number>; heardAt: number }>();
  const read = jsonReader(HeldConnectionsMessage);

  function tell(held: Readonly<Record<string, number>>, complete: boolean): void {
    try {
      messages.publish(
        jsonMessage(HELD_CONNECTIONS_SUBJECT, { edge, held, complete } satisfies HeldConnectionsMessage),
      );
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }

  const unsubscribe = messages.subscribe(HELD_CONNECTIONS_SUBJECT, ({ body }) => {
    const message = read(body);
    if (!message || message.edge === edge) return;
    const known = others.get(message.edge);
    const held = known && !message.complete ? known.held : new Map<string, number>();
    for (const [key, count] of Object.entries(message.held)) {
      if (count > 0) held.set(key, count);
      else held.delete(key);
    }
    if (held.size > 0) others.set(message.edge, { held, heardAt: performance.now() });
    else others.delete(message.edge);
  });

  let toldAny = false;
  const repeating = setInterval(() => {
    const oldest = performance.now() - MISSED * repeatMs;
    for (const [other, { heardAt }] of others) if (heardAt < oldest) others.delete(other);
    if (told.size > 0 || toldAny) tell(Object.fromEntries([...told].slice(0, MAX_TOLD)), true);
    toldAny = told.size > 0;
  }, repeatMs);
  repeating.unref();

  return {
    count(subject) {
      if (others.size === 0) return 0;
      const key = digestOf(subject);
      let sum = 0;
      for (const { held } of others.values()) sum += held.get(key) ?? 0;
      return sum;
    },
    changed(subject, count, limit) {
      if (count < limit / 2 - 1) return;
      const key = digestOf(subject);
      if (count >= limit / 2) told.set(key, count);
      else if (!told.delete(key)) return;
      tell({ [key]: told.get(key) ?? 0 }, false);
    },
    stop() {
      clearInterval(repeating);
      unsubscribe();
      if (told.size > 0) tell({}, true);
    },
  };
}
