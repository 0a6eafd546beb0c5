import { type FaultProxy, openTab, startBrowser, startFaultProxy, type Tab } from '@admit-one/testkit';
import { expectNothingMissing } from '../stack/audit-log.ts';
import type { Stack } from '../stack/stack.ts';
import { pageUrl, startAppServer } from './app-server.ts';
import { openVisit, type Visit, type VisitOptions } from './visit.ts';

/** A browser, a page that uses the client, and all of Admit One behind it. */
export interface Scene<S extends Stack = Stack> {
  readonly stack: S;
  /** Base URL of the first edge. */
  readonly edge: string;
  /** The same by way of a network that breaks on demand. */
  readonly edgeOverNetwork: string;
  readonly network: FaultProxy;
  /** Where the page is from, and where it may not be from. */
  readonly origin: string;
  readonly strangeOrigin: string;
  visit(options?: Partial<VisitOptions>): Promise<Visit>;
  /** The page, over the network, in a tab that can be put behind another. All of them are the same user's. */
  tab(): Promise<Tab>;
  /** Ends it all. @throws where the audit log has a hole */
  close(): Promise<void>;
}

/** What the client does unless it is told otherwise. */
const PLAIN = {
  prefetch: false,
  hasBackend: false,
  useTickets: true,
  fallsBack: false,
  carrier: 'subprotocol',
} as const;

/** Starts it all; the stack is told where the page comes from. */
export async function startScene<S extends Stack>(start: (origin: string) => Promise<S>): Promise<Scene<S>> {
  let ticketService = '';
  const app = await startAppServer(() => ticketService);
  const browser = await startBrowser();
  const { origin, strangeOrigin } = app;
  const stack = await start(origin).catch(async (error) => {
    await Promise.all([browser.close(), app.close()]);
    throw error;
  });
  ticketService = stack.tickets;
  const [edge = ''] = stack.edges;
  const { hostname, port } = new URL(edge);
  const network = await startFaultProxy({ host: hostname, port: Number(port) });

  function usual(): VisitOptions {
    const settings = { tickets: stack.tickets, edge, routes: [''] };
    return { ...settings, ...PLAIN, origin, storage: {} };
  }

  return {
    stack,
    edge,
    edgeOverNetwork: network.url(edge),
    network,
    origin,
    strangeOrigin,
    visit: (options = {}) => openVisit(browser, { ...usual(), ...options }),
    tab: () => openTab(browser, pageUrl(origin, { ...usual(), edge: network.url(edge) })),
    async close() {
      await browser.close();
      await network.close();
      try {
        await expectNothingMissing(stack, { storeLostTails: true });
      } finally {
        await stack.stop();
        await app.close();
      }
    },
  };
}
