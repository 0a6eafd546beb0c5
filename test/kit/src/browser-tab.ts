import type { Browser, CDPSession } from 'playwright-core';
import { eventually } from './eventually.ts';
import { within } from './within.ts';

/** A tab as users treat it: behind others, and frozen there. The driver's own pages are always in front. */
export interface Tab {
  /** What an expression, or its promise, gives. @throws {Error} with what it threw */
  evaluate<T>(expression: string): Promise<T>;
  /** Puts another tab in front: `visibilitychange`, and timers slow down. */
  hide(): Promise<void>;
  show(): Promise<void>;
  /** As browsers do with a tab that was hidden for a while: `freeze`, and nothing in it runs. It must be hidden. */
  freeze(): Promise<void>;
  /** `resume`, hidden or not. */
  thaw(): Promise<void>;
  close(): Promise<void>;
}

interface Reply {
  readonly id?: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result?: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
  };
}

/** Opens a page in a tab of the browser's first user, in front. */
export async function openTab(browser: Browser, url: string): Promise<Tab> {
  const session = await browser.newBrowserCDPSession();
  const { targetId: other } = await session.send('Target.createTarget', { url: 'about:blank' });
  const { targetId } = await session.send('Target.createTarget', { url });
  const command = await commandsTo(session, targetId);

  async function evaluate<T>(expression: string): Promise<T> {
    const reply = await command('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (reply?.exceptionDetails) throw new Error(reply.exceptionDetails.exception?.description);
    return reply?.result?.value as T;
  }
  async function bringToFront(target: string, visibility: 'visible' | 'hidden'): Promise<void> {
    await session.send('Target.activateTarget', { targetId: target });
    await eventually(async () => (await evaluate('document.visibilityState')) === visibility, {
      what: `a tab that is ${visibility}`,
    });
  }
  async function setState(state: 'active' | 'frozen'): Promise<void> {
    await command('Page.setWebLifecycleState', { state });
  }

  await bringToFront(targetId, 'visible');
  const isLoaded = `document.readyState === 'complete' && location.href !== 'about:blank'`;
  await eventually(() => evaluate<boolean>(isLoaded), { what: `the load of ${url}` });
  return {
    evaluate,
    hide: () => bringToFront(other, 'hidden'),
    show: () => bringToFront(targetId, 'visible'),
    freeze: () => setState('frozen'),
    thaw: () => setState('active'),
    async close() {
      for (const target of [targetId, other]) await session.send('Target.closeTarget', { targetId: target });
      await session.detach();
    },
  };
}

/** Talks to a target over the session of the browser, so that the driver does not take it for one of its pages. */
async function commandsTo(session: CDPSession, targetId: string) {
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (reply: Reply) => void>();
  let last = 0;
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return;
    const reply: Reply = JSON.parse(event.message);
    waiting.get(reply.id ?? 0)?.(reply);
    waiting.delete(reply.id ?? 0);
  });

  return async (method: string, params: object): Promise<Reply['result']> => {
    last += 1;
    const id = last;
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve));
    const message = JSON.stringify({ id, method, params });
    await session.send('Target.sendMessageToTarget', { sessionId, message });
    const { error, result } = await within(replied, `the reply to ${method} ${JSON.stringify(params)}`);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
}
