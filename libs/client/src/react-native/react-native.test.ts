import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AdmitSocket } from '../admit-socket.ts';
import { Upgrade } from '../world.fixture.ts';

/** As in React Native: it keeps what it is given, adds a slash, and implements no setter. */
class NativeUrl {
  readonly href: string;

  constructor(url: string | URL, base?: string) {
    const text = String(url);
    if (!base || /^\w+:/.test(text)) this.href = text.endsWith('/') ? text : `${text}/`;
    else this.href = `${base}${text}`;
  }

  get searchParams(): never {
    throw new Error('URLSearchParams.set is not implemented');
  }

  set protocol(_: string) {
    throw new TypeError("Cannot assign to property 'protocol' which has only a getter");
  }
}

const missing = ['EventTarget', 'Event', 'CustomEvent', 'MessageEvent', 'DOMException'] as const;
const kept = new Map(missing.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));

beforeEach(() => {
  vi.resetModules();
  for (const name of missing) Reflect.deleteProperty(globalThis, name);
  vi.stubGlobal('URL', NativeUrl);
  vi.stubGlobal('navigator', { product: 'ReactNative' });
});

afterEach(() => {
  vi.unstubAllGlobals();
  for (const [name, descriptor] of kept) if (descriptor) Object.defineProperty(globalThis, name, descriptor);
});

test.each(['subprotocol', 'query'] as const)('connects in React Native, by the %s', async (carrier) => {
  const { connect } = await import('./index.ts');
  const requests: string[] = [];
  const upgrades: Upgrade[] = [];
  const ticket = '0123456789abcdef0123456789abcdef';
  const socket: AdmitSocket = connect({
    url: 'wss://api.example.com/ws/chat',
    getToken: () => 'token',
    carrier,
    environment: {
      fetch: async (url) => {
        requests.push(url);
        return Response.json({ ticket, ticketId: 'id-1' });
      },
      WebSocket: class extends Upgrade {
        constructor(url: string, protocols: string[]) {
          super(url, protocols);
          upgrades.push(this);
        }
      },
    },
  });
  const seen: unknown[] = [];
  socket.addEventListener('open', () => seen.push('once'), { once: true });
  const stopListening = new AbortController();
  socket.addEventListener('message', () => seen.push('never'), { signal: stopListening.signal });
  stopListening.abort();
  socket.addEventListener('message', { handleEvent: ({ data }: MessageEvent) => seen.push(data) });
  socket.onclose = ({ code }) => seen.push(code);

  await vi.waitFor(() => expect(upgrades).toHaveLength(1), { timeout: 20_000 });
  expect(requests).toEqual(['https://api.example.com/api/websocket/ticket']);
  expect(upgrades[0]?.url).toBe(
    `wss://api.example.com/ws/chat${carrier === 'query' ? `?ticket=${ticket}` : ''}`,
  );
  upgrades[0]?.accept();
  upgrades[0]?.say('hello');
  expect(socket.state).toBe('open');
  socket.close();
  expect(() => socket.send('too late')).not.toThrow();
  expect(seen).toEqual(['once', 'hello', 1000]);
});

test('leaves the classes alone that there are', async () => {
  const own = class {};
  vi.stubGlobal('CustomEvent', own);
  await import('./define-missing-classes.ts');
  expect(globalThis.CustomEvent).toBe(own);
});
