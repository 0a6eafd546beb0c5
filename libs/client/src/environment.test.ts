import { afterEach, expect, test, vi } from 'vitest';
import { platform } from './environment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Stubs the events of a window and its document. */
function stubPage() {
  const page = new EventTarget();
  const document = { hidden: false };
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('document', document);
  return {
    document,
    fire: (type: string, properties = {}) => page.dispatchEvent(Object.assign(new Event(type), properties)),
  };
}

test('page lifecycle events become show and hide', () => {
  const { document, fire } = stubPage();
  const events: string[] = [];
  const listening = new AbortController();
  platform().onPageEvent((event) => events.push(event), listening.signal);

  fire('online');
  expect(events.splice(0)).toEqual(['show']);
  fire('freeze');
  expect(events.splice(0)).toEqual(['hide']);
  fire('pagehide', { persisted: true });
  expect(events.splice(0)).toEqual(['hide']);
  fire('pagehide', { persisted: false });
  expect(events.splice(0)).toEqual([]);
  fire('visibilitychange');
  expect(events.splice(0)).toEqual(['show']);
  document.hidden = true;
  fire('visibilitychange');
  expect(events.splice(0)).toEqual([]);
  fire('online');
  expect(events.splice(0)).toEqual(['show']);

  listening.abort();
  fire('online');
  expect(events).toEqual([]);
});

test('without a page there are no events, and the network counts as available', () => {
  vi.stubGlobal('navigator', undefined);
  expect(() => platform().onPageEvent(() => {}, new AbortController().signal)).not.toThrow();
  expect(platform().isOnline()).toBe(true);
});

test('navigator.onLine reports the network', () => {
  vi.stubGlobal('navigator', { onLine: false });
  expect(platform().isOnline()).toBe(false);
});

test('a timer runs once, unless its signal aborts', () => {
  vi.useFakeTimers();
  const ran: string[] = [];
  const aborted = new AbortController();
  platform().after(100, () => ran.push('kept'), new AbortController().signal);
  platform().after(100, () => ran.push('aborted'), aborted.signal);
  aborted.abort();
  vi.advanceTimersByTime(1_000);
  expect(ran).toEqual(['kept']);
  expect(vi.getTimerCount()).toBe(0);
});

test('fetch is called on the window', async () => {
  let self: unknown;
  vi.stubGlobal('fetch', function (this: unknown) {
    self = this;
    return Promise.resolve(new Response());
  });
  const { fetch } = platform();
  await fetch('https://a.example', {});
  expect([undefined, globalThis]).toContain(self);
});
