import { openNatsBus } from '@admit-one/adapter-nats';
import { edgeConfigOf, type WsEdgeVariables } from '@admit-one/config';
import { type Host, natsOptionsOf, openFrom, startHost } from '@admit-one/runtime';
import { startEdge } from './service.ts';

/**
 * Starts a ws-edge on NATS, even if it is unavailable.
 * @throws {StartError} where a port is in use, or a URL is unusable
 */
export function startEdgeProcess(variables: WsEdgeVariables): Promise<Host> {
  const options = { service: 'ws-edge', title: 'Admit One: connections', variables };
  return startHost(options, async (host) => {
    const bus = await openFrom('NATS_URL', () =>
      openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, host), bridges: true }),
    );
    host.closers.add('bus', () => bus.close());
    const edge = await startEdge(edgeConfigOf(variables), { ...host, bus });
    host.closers.add('ws-edge', edge.stop);
    return { ...edge, routes: [edge.routes] };
  });
}
