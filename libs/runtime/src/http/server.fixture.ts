import { type CapturedLogs, captureLogs } from '@admit-one/testkit';
import type { FastifyInstance } from 'fastify';
import { createDependencies } from '../dependencies.ts';
import { createLogger } from '../logging.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { createHttpServer } from './server.ts';

export interface TestServer {
  readonly app: FastifyInstance;
  readonly logs: CapturedLogs;
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

/** A server that lets pages of `https://app.example.com` in, and logs all there is to log. */
export async function createTestServer(
  options: { readonly trustedProxies?: readonly string[]; readonly strictTransportSecurity?: string } = {},
): Promise<TestServer> {
  const { trustedProxies = [], strictTransportSecurity } = options;
  const logs = captureLogs();
  const telemetry = createTelemetry({ service: 'test', instance: 'test-1', trustedProxies });
  const log = createLogger({ level: 'trace', service: 'test', instance: 'test-1', destination: logs });
  const app = await createHttpServer({
    log,
    telemetry,
    dependencies: createDependencies({ log, meter: telemetry.meter }),
    origins: (origin) => origin === 'https://app.example.com',
    trustedProxies,
    strictTransportSecurity,
    title: 'Test',
    version: '1.2.3',
  });
  return {
    app,
    logs,
    telemetry,
    async close() {
      await app.close();
      await telemetry.close();
    },
  };
}
