import { readStandaloneVariables } from '@admit-one/config';
import type { ReceivedEvent } from '@admit-one/core';
import { type Connection, captureLogs, connect, dataDirectory, within } from '@admit-one/testkit';
import { startStandalone } from '../app.ts';

/** A client with its own anonymous session. */
export interface Visitor {
  readonly token: string;
  readonly sessionId: string;
  post(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Connects with a new ticket. */
  connect(): Promise<Connection>;
  /** Opens the live events. */
  events(): Promise<LiveEvents>;
}

export interface LiveEvents {
  /** Waits until the events fulfil a condition, and returns them. */
  until(found: (events: readonly ReceivedEvent[]) => boolean): Promise<readonly ReceivedEvent[]>;
  /** Resolves when the stream ends. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export interface DemoServer {
  readonly url: string;
  visitor(): Promise<Visitor>;
  stop(): Promise<void>;
}

const page = { html: '<!doctype html><title>page</title>', script: '', style: '', icon: '<svg/>' };

/** Starts standalone with a stub of the page. */
export async function startDemo(variables: Readonly<Record<string, string>> = {}): Promise<DemoServer> {
  const directory = await dataDirectory();
  const standalone = await startStandalone(
    readStandaloneVariables({
      PORT: '0',
      METRICS_PORT: '0',
      DRAIN_SECONDS: '0',
      DATA_DIR: directory.path,
      ...variables,
    }),
    { destination: captureLogs(), page },
  );
  const { url } = standalone;
  return {
    url,
    visitor: () => visit(url),
    async stop() {
      await standalone.stop();
      await directory.remove();
    },
  };
}

async function visit(url: string): Promise<Visitor> {
  const reply = await fetch(`${url}/api/v1/auth/token`, { method: 'POST' });
  const { token, sessionId } = (await reply.json()) as { token: string; sessionId: string };
  const authorization = `Bearer ${token}`;
  const post = (path: string, headers = {}) =>
    fetch(url + path, { method: 'POST', headers: { authorization, ...headers } });
  return {
    token,
    sessionId,
    post,
    async connect() {
      const { ticket } = (await (await post('/api/websocket/ticket')).json()) as { ticket: string };
      return connect(`${url.replace('http', 'ws')}/ws`, { protocols: ['admit.v1', `ticket.${ticket}`] });
    },
    async events() {
      const stopping = new AbortController();
      const { signal } = stopping;
      const response = await fetch(`${url}/demo/events`, { headers: { authorization }, signal });
      if (response.status !== 200 || !response.body) throw new Error(`answered ${response.status}`);
      return liveEvents(response.body, stopping);
    },
  };
}

function liveEvents(body: ReadableStream<Uint8Array>, stopping: AbortController): LiveEvents {
  const events: ReceivedEvent[] = [];
  let look = () => {};
  const ended = read();

  async function read(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n');
      rest = lines.pop() ?? '';
      events.push(...lines.filter((line) => line !== '').map((line) => JSON.parse(line)));
      look();
    }
  }

  return {
    ended,
    until(found) {
      const searched = new Promise<void>((resolve) => {
        look = () => found(events) && resolve();
        look();
      });
      return within(
        searched.then(() => events),
        'the events',
      );
    },
    async close() {
      stopping.abort();
      await ended.catch(() => undefined);
    },
  };
}
