import { afterEach, expect, test, vi } from 'vitest';
import { platform } from './environment.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A window with its document, as far as events go. */
function stubPage() {
  const page = new EventTarget();
  const document = { hidden: false };
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('document', document);
  return {
    document,
    tell: (type: string, facts = {}) => page.dispatchEvent(Object.assign(new Event(type), facts)),
  };
}

test('what a page goes through is shown and hidden', () => {
  const { document, tell } = stubPage();
  const heard: string[] = [];
  const listening = new AbortController();
  platform().onPageEvent((event) => heard.push(event), listening.signal);

  tell('online');
  expect(heard.splice(0)).toEqual(['show']);
  tell('freeze');
  expect(heard.splice(0)).toEqual(['hide']);
  tell('pagehide', { persisted: true });
  expect(heard.splice(0)).toEqual(['hide']);
  tell('pagehide', { persisted: false });
  expect(heard.splice(0)).toEqual([]);
  tell('visibilitychange');
  expect(heard.splice(0)).toEqual(['show']);
  document.hidden = true;
  tell('visibilitychange');
  expect(heard.splice(0)).toEqual([]);
  tell('online');
  expect(heard.splice(0)).toEqual(['show']);

  listening.abort();
  tell('online');
  expect(heard).toEqual([]);
});

test('where there is no page there is nothing to hear, and always a network', () => {
  vi.stubGlobal('navigator', undefined);
  expect(() => platform().onPageEvent(() => {}, new AbortController().signal)).not.toThrow();
  expect(platform().isOnline()).toBe(true);
});

test('the browser says whether there is a network', () => {
  vi.stubGlobal('navigator', { onLine: false });
  expect(platform().isOnline()).toBe(false);
});

test('what is due later is due once, unless it is no longer wanted', () => {
  vi.useFakeTimers();
  const ran: string[] = [];
  const unwanted = new AbortController();
  platform().after(100, () => ran.push('wanted'), new AbortController().signal);
  platform().after(100, () => ran.push('unwanted'), unwanted.signal);
  unwanted.abort();
  vi.advanceTimersByTime(1_000);
  expect(ran).toEqual(['wanted']);
  expect(vi.getTimerCount()).toBe(0);
});

test('fetch is called as the function of the window that it is', async () => {
  let self: unknown;
  vi.stubGlobal('fetch', function (this: unknown) {
    self = this;
    return Promise.resolve(new Response());
  });
  const { fetch } = platform();
  await fetch('https://a.example', {});
  expect([undefined, globalThis]).toContain(self);
});
