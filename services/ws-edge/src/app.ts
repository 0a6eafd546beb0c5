import { openNatsBus } from '@admit-one/adapter-nats';
import { type Host, natsOptionsOf, openFrom, startHost } from '@admit-one/runtime';
import { edgeConfigOf } from './config/edge-config.ts';
import type { EdgeProcessVariables } from './config/process-variables.ts';
import { startEdge } from './service.ts';

/**
 * Starts a ws-edge on NATS, even if that is unavailable.
 * @throws {StartError} where a port is taken, or a URL cannot be used
 */
export function startEdgeProcess(variables: EdgeProcessVariables): Promise<Host> {
  const options = { service: 'ws-edge', title: 'Admit One: connections', variables };
  return startHost(options, async (host) => {
    const bus = await openFrom('NATS_URL', () =>
      openNatsBus({ url: variables.NATS_URL, ...natsOptionsOf(variables, host) }),
    );
    host.closers.add('bus', () => bus.close());
    const edge = await startEdge(edgeConfigOf(variables), { ...host, bus });
    host.closers.add('ws-edge', edge.stop);
    return { ...edge, routes: [edge.routes] };
  });
}
