import {
  type Admit,
  AdmitProvider,
  type AdmitProviderProps,
  useAdmit,
  useLastMessage,
} from '@admit-one/client/react';
import { createElement, type ReactNode, StrictMode, Suspense, use, useEffect } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { openReactPage, type ReactPage } from './react-page.fixture.ts';
import { App } from './shown/chat.tsx';

let stack: EmbeddedStack;
let page: ReactPage;
/** All WebSockets opened in a test. */
let opened: WebSocket[];

class CountedWebSocket extends WebSocket {
  constructor(url: string, protocols: string[]) {
    super(url, protocols);
    opened.push(this);
  }
}

beforeAll(async () => {
  [stack, page] = await Promise.all([startEmbedded(), openReactPage()]);
});
beforeEach(() => {
  opened = [];
});
afterAll(async () => {
  await page.close();
  await stack.stop();
});

function alive(): number {
  return opened.filter(({ readyState }) => readyState < WebSocket.CLOSING).length;
}

function provider(children: ReactNode, props: Partial<AdmitProviderProps> = {}): ReactNode {
  const { url = `${stack.tickets}/ws`, ...others } = props;
  const all = {
    url,
    getToken: () => stack.users.token(),
    environment: { WebSocket: CountedWebSocket },
    ...others,
  } as AdmitProviderProps;
  return createElement(AdmitProvider, all, children);
}

/** Renders the state and passes on the result of the hook. */
function State({
  onResult,
  ...options
}: Parameters<typeof useAdmit>[0] & { onResult?: (admit: Admit) => void }) {
  const admit = useAdmit(options);
  useEffect(() => onResult?.(admit));
  return `${admit.state} `;
}

function LastMessage() {
  return `last: ${useLastMessage()?.data ?? 'none'}`;
}

function state(options: Parameters<typeof State>[0] = {}): ReactNode {
  return createElement(State, options);
}

test('all components share one socket, in strict mode too', async () => {
  const all = [state({}), state({}), state({})];
  const { text, unmount } = page.render(
    createElement(StrictMode, null, provider(createElement('p', null, ...all))),
  );
  await expect.poll(text).toBe('open open open ');
  expect(opened).toHaveLength(1);
  unmount();
  await expect.poll(alive).toBe(0);
  expect(opened).toHaveLength(1);
});

test('on a server the state is idle and no socket is opened', async () => {
  const asked: unknown[] = [];
  const html = renderToString(
    provider(createElement('p', null, state(), createElement(LastMessage)), {
      getToken: (need) => {
        asked.push(need);
        return null;
      },
    }),
  );
  expect(html).toContain('idle');
  await Promise.resolve();
  expect([asked, opened]).toEqual([[], []]);
});

test('calls message handlers, and useLastMessage returns the last message', async () => {
  const messages: unknown[] = [];
  let admit: Admit | undefined;
  const onResult = (result: Admit) => {
    admit = result;
  };
  const onMessage = ({ data }: MessageEvent) => messages.push(data);
  const node = provider(createElement('p', null, state({ onResult, onMessage }), createElement(LastMessage)));
  const { text } = page.render(createElement(StrictMode, null, node));
  await expect.poll(text).toBe('open last: none');
  for (const word of ['one', 'two', 'three']) admit?.send(word);
  await expect.poll(text).toBe('open last: three');
  expect(messages).toEqual(['one', 'two', 'three']);
  expect(admit?.ticketId).toMatch(/^[\w-]{43}$/);
});

test('calls the handler of the latest render', async () => {
  const messages: string[] = [];
  let admit: Admit | undefined;
  const node = (name: string) =>
    provider(
      state({
        onResult: (result) => {
          admit = result;
        },
        onMessage: ({ data }) => messages.push(`${name}: ${data}`),
      }),
    );
  const { text, rerender } = page.render(node('first'));
  await expect.poll(text).toBe('open ');
  const firstSend = admit?.send;
  rerender(node('second'));
  await expect.poll(() => admit?.state).toBe('open');
  await expect
    .poll(() => {
      admit?.send('hello');
      return messages;
    })
    .toContain('second: hello');
  expect(admit?.send).toBe(firstSend);
});

test('a new getToken is used next and does not reconnect', async () => {
  const asked: string[] = [];
  let admit: Admit | undefined;
  const onResult = (result: Admit) => {
    admit = result;
  };
  const node = (name: string) =>
    provider(state({ onResult }), {
      getToken: () => {
        asked.push(name);
        return stack.users.token();
      },
    });
  const { text, rerender } = page.render(node('first'));
  await expect.poll(text).toBe('open ');
  const before = admit;
  rerender(node('second'));
  await expect.poll(() => admit !== before).toBe(true);
  expect(opened).toHaveLength(1);
  admit?.close();
  await expect.poll(text).toBe('stopped ');
  admit?.resume();
  await expect.poll(text).toBe('open ');
  expect(asked).toEqual(['first', 'second']);
});

test('another URL reconnects and closes the first socket', async () => {
  const at = (path: string) => provider(state(), { url: `${stack.tickets}${path}` });
  const { text, rerender } = page.render(at('/ws'));
  await expect.poll(text).toBe('open ');
  rerender(at('/ws/echo'));
  await expect
    .poll(() => opened.map(({ url, readyState }) => [new URL(url).pathname, readyState]))
    .toEqual([
      ['/ws', WebSocket.CLOSED],
      ['/ws/echo', WebSocket.OPEN],
    ]);
  await expect.poll(text).toBe('open ');
});

test('each route of a provider has a socket', async () => {
  const echo = () => state({ url: `${stack.tickets}/ws/echo`, route: 'echo' });
  const { text } = page.render(provider(createElement('p', null, state(), echo(), echo())));
  await expect.poll(text).toBe('open open open ');
  expect(opened.map(({ url }) => new URL(url).pathname).sort()).toEqual(['/ws', '/ws/echo']);
});

test('a component that mounts as the last one unmounts keeps the socket', async () => {
  const { text, rerender } = page.render(provider(state()));
  await expect.poll(text).toBe('open ');
  rerender(provider(createElement('p', null, 'moved ', state())));
  await expect.poll(text).toBe('moved open ');
  expect(opened).toHaveLength(1);
});

test('an unused socket is closed, and opened again for the next component', async () => {
  const { text, rerender } = page.render(provider(state()));
  await expect.poll(text).toBe('open ');
  rerender(provider('nobody'));
  await expect.poll(alive).toBe(0);
  rerender(provider(state()));
  await expect.poll(text).toBe('open ');
  expect(opened).toHaveLength(2);
});

test('enabled={false} closes the socket', async () => {
  const { text, rerender } = page.render(provider(state(), { enabled: false }));
  await expect.poll(text).toBe('idle ');
  expect(opened).toEqual([]);
  rerender(provider(state(), { enabled: true }));
  await expect.poll(text).toBe('open ');
  rerender(provider(state(), { enabled: false }));
  await expect.poll(text).toBe('idle ');
  await expect.poll(alive).toBe(0);
});

test('another key closes the socket of the last user', async () => {
  const asked: string[] = [];
  const as = (user: string) => {
    const getToken = () => {
      asked.push(user);
      return stack.users.token({ sub: user, sessionId: user });
    };
    const props = {
      key: user,
      url: `${stack.tickets}/ws`,
      getToken,
      environment: { WebSocket: CountedWebSocket },
    };
    return createElement(AdmitProvider, props, state());
  };
  const { text, rerender } = page.render(as('alice'));
  await expect.poll(text).toBe('open ');
  rerender(as('bob'));
  await expect
    .poll(() => opened.map(({ readyState }) => readyState))
    .toEqual([WebSocket.CLOSED, WebSocket.OPEN]);
  expect(asked).toEqual(['alice', 'bob']);
});

test('returns the reason of a stop', async () => {
  const shown: string[] = [];
  const onResult = ({ state: is, reason }: Admit) => {
    shown.push(`${is} ${reason}`);
  };
  const { text } = page.render(provider(state({ onResult }), { getToken: () => null }));
  await expect.poll(text).toBe('stopped ');
  expect(shown.at(-1)).toBe('stopped SIGNED_OUT');
});

test('a hook outside of a provider throws', () => {
  expect(() => renderToString(state())).toThrow(
    'useAdmit and useLastMessage need an <AdmitProvider> above the component',
  );
});

test('a suspended component opens no socket', async () => {
  const never = new Promise<string>(() => {});
  function Waiting() {
    const { state: is } = useAdmit();
    return `${is} ${use(never)}`;
  }
  const suspended = createElement(Suspense, { fallback: 'loading' }, createElement(Waiting));
  const { text } = page.render(provider(suspended));
  await expect.poll(text).toBe('loading');
  expect(opened).toEqual([]);
});

test('the chat of the guide connects', async () => {
  vi.stubGlobal('WebSocket', CountedWebSocket);
  onTestFinished(() => void vi.stubGlobal('WebSocket', undefined));
  const user = { id: 'alice', getToken: () => stack.users.token() };
  const { text } = page.render(createElement(App, { url: `${stack.tickets}/ws`, user }));
  await expect.poll(text).toContain('Connected');
});
