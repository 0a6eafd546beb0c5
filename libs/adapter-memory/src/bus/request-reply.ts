import { BusError, type RequestReply, type Running } from '@admit-one/core';

export interface MemoryRequestReply extends RequestReply {
  /** Stops all servers. */
  close(): Promise<void>;
}

/** One server of a subject. */
interface Server {
  /** Answers a body with a body, both JSON; undefined where the handler threw. */
  answer(body: string): Promise<string | undefined>;
  readonly running: Running;
}

/** Request and reply in memory. The servers of a subject take turns. */
export function createMemoryRequestReply(onError: (error: unknown) => void): MemoryRequestReply {
  const serversOf = new Map<string, Server[]>();
  let open = true;

  function makeSureItIsOpen(): void {
    if (!open) throw new BusError('disconnected', 'the bus is closed');
  }

  function next(subject: string): Server {
    const servers = serversOf.get(subject);
    const server = servers?.shift();
    if (!servers || !server) throw new BusError('no_responders', `nobody serves ${subject}`);
    servers.push(server);
    return server;
  }

  function leave(subject: string, server: Server): void {
    const others = (serversOf.get(subject) ?? []).filter((other) => other !== server);
    if (others.length === 0) serversOf.delete(subject);
    else serversOf.set(subject, others);
  }

  return {
    async request(subject, body, timeoutMs) {
      makeSureItIsOpen();
      const answer = next(subject).answer(encode(body));
      return JSON.parse(await withinTime(answer, timeoutMs, subject));
    },

    async serve(subject, handler) {
      makeSureItIsOpen();
      const server = createServer(handler, onError, () => leave(subject, server));
      serversOf.set(subject, [...(serversOf.get(subject) ?? []), server]);
      return server.running;
    },

    async close() {
      open = false;
      await Promise.all([...serversOf.values()].flat().map(({ running }) => running.stop()));
    },
  };
}

function createServer(
  handler: (body: unknown) => Promise<unknown>,
  onError: (error: unknown) => void,
  leave: () => void,
): Server {
  const inHand = new Set<Promise<unknown>>();

  async function answerInAnotherTurn(body: string): Promise<string | undefined> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    try {
      return encode(await handler(JSON.parse(body)));
    } catch (error) {
      onError(error);
      return undefined;
    }
  }

  return {
    answer(body) {
      const answer = answerInAnotherTurn(body).finally(() => inHand.delete(answer));
      inHand.add(answer);
      return answer;
    },
    running: {
      async stop() {
        leave();
        await Promise.all(inHand);
      },
    },
  };
}

/** A JSON value as text; null for values that JSON cannot express. */
function encode(body: unknown): string {
  return JSON.stringify(body) ?? 'null';
}

/** Waits for an answer until the timeout of the request. An undefined answer counts as none. */
function withinTime(
  answer: Promise<string | undefined>,
  timeoutMs: number,
  subject: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new BusError('timeout', `${subject} was not answered in ${timeoutMs} ms`)),
      timeoutMs,
    );
    void answer.then((body) => {
      if (body === undefined) return;
      clearTimeout(timer);
      resolve(body);
    });
  });
}
