import { type Browser, eventually, type Page } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import type { AppSettings } from './app/app.ts';
import { pageUrl } from './app-server.ts';

/** Somebody with the page open, in their own browser. */
export interface Visit {
  readonly page: Page;
  /** What a line was since the page was loaded, one entry for each change. */
  states(route?: string): Promise<readonly string[]>;
  /** Waits until a line has come to this state, since the one that was waited for before. */
  reach(state: string, route?: string): Promise<void>;
  /** Says something over a line, and gives what it hears. */
  say(text: string, route?: string): Promise<unknown>;
  /** Loads the page again, as somebody does who does not wait for the end of that. */
  refresh(): Promise<void>;
  /** The session of the token in the storage. */
  session(): Promise<string>;
  /** The lines of the console, except errors and warnings. */
  readonly told: readonly string[];
  /** Errors and warnings in the console. */
  readonly complaints: readonly string[];
  /** What was thrown and not caught. */
  readonly thrown: readonly string[];
  /** How often the page asked, over all that it was loaded. */
  readonly asked: Readonly<Record<Asked, number>>;
}

export type Asked = 'token' | 'ticket' | 'status' | 'upgrade';

export interface VisitOptions extends AppSettings {
  /** Where the page is from. */
  readonly origin: string;
  /** What the browser has stored of an earlier visit. */
  readonly storage: Readonly<Record<string, string>>;
}

const PATHS: Readonly<Record<string, Asked>> = {
  '/api/v1/auth/token': 'token',
  '/api/websocket/ticket': 'ticket',
  '/api/websocket/ticket/status': 'status',
};

/** Opens the page in a new browser, for as long as the test takes. */
export async function openVisit(
  browser: Browser,
  { origin, storage, ...settings }: VisitOptions,
): Promise<Visit> {
  const stored = Object.entries(storage).map(([name, value]) => ({ name, value }));
  const context = await browser.newContext({
    storageState: { cookies: [], origins: [{ origin, localStorage: stored }] },
  });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const heard = listenTo(page);
  const reached = new Map<string, number>();
  await page.goto(pageUrl(origin, settings));
  const states = (route = '') => page.evaluate((name) => window.app.lines[name]?.states ?? [], route);

  return {
    page,
    ...heard,
    states,
    async reach(state, route = '') {
      const found = await page
        .waitForFunction(
          ([name, wanted, from]) => {
            const index = window.app?.lines[name]?.states.indexOf(wanted, from) ?? -1;
            return index < 0 ? null : index + 1;
          },
          [route, state, reached.get(route) ?? 0] as const,
        )
        .catch(async (error) => {
          throw new Error(`not ${state}, but ${await states(route)}`, { cause: error });
        });
      reached.set(route, Number(await found.jsonValue()));
    },
    say: (text, route) =>
      page.evaluate(([words, name]) => window.app.say(words, name), [text, route] as const),
    async refresh() {
      reached.clear();
      await eventually(() => page.reload({ waitUntil: 'commit' }), {
        what: 'a page that can be loaded again',
      });
    },
    session: () =>
      page.evaluate(() => {
        const [, payload = ''] = localStorage.getItem('jwt')?.split('.') ?? [];
        return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))).sessionId as string;
      }),
  };
}

function listenTo(page: Page): Pick<Visit, 'told' | 'complaints' | 'thrown' | 'asked'> {
  const told: string[] = [];
  const complaints: string[] = [];
  const thrown: string[] = [];
  const asked = { token: 0, ticket: 0, status: 0, upgrade: 0 };
  page.on('console', (message) => {
    const isComplaint = ['error', 'warning', 'assert'].includes(message.type());
    (isComplaint ? complaints : told).push(message.text());
  });
  page.on('pageerror', (error) => thrown.push(String(error)));
  page.on('websocket', () => {
    asked.upgrade += 1;
  });
  page.on('request', (request) => {
    const what = PATHS[new URL(request.url()).pathname];
    if (what) asked[what] += 1;
  });
  return { told, complaints, thrown, asked };
}
