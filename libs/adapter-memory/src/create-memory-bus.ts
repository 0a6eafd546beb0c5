import type { Bus } from '@admit-one/core';
import { createMemoryEventStream } from './bus/event-stream.ts';
import { createMemoryMessages } from './bus/messages.ts';
import { createMemoryRequestReply } from './bus/request-reply.ts';

export interface MemoryBusOptions {
  /** Called with the errors that handlers of requests and messages throw. The bus itself continues. */
  readonly onError: (error: unknown) => void;
  /** How many bytes the event stream holds before `publish` fails because it is full: 64 MiB by default. */
  readonly maxStreamBytes?: number;
}

/**
 * A bus in this process's memory. Handlers never run within the call that triggers them, and JSON bodies arrive as
 * copies. Stored events are lost when the process ends.
 */
export function createMemoryBus({ onError, maxStreamBytes = 64 * 1024 * 1024 }: MemoryBusOptions): Bus {
  const events = createMemoryEventStream({ maxBytes: maxStreamBytes });
  const requests = createMemoryRequestReply(onError);
  const messages = createMemoryMessages(onError);
  let connected = true;

  return {
    events,
    requests,
    messages,
    shared: false,
    get connected() {
      return connected;
    },
    async close() {
      connected = false;
      messages.close();
      await Promise.all([requests.close(), events.close()]);
    },
  };
}
