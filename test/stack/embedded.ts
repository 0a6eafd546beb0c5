import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPglite } from '@admit-one/adapter-postgres';
import { readStandaloneVariables } from '@admit-one/config';
import { type StandaloneOptions, startStandalone } from '@admit-one/standalone';
import { captureLogs, dataDirectory, startIdentityProvider } from '@admit-one/testkit';
import { dumpTables } from './rows.ts';
import { FRONTEND, LENIENT, PATIENT, type Stack, type Variables } from './stack.ts';
import { fetchKeys } from './visitor.ts';

export interface EmbeddedStack extends Stack {
  /** Base URL of the port that `VERIFY_PORT` opens; null where that is unset. */
  readonly verify: string | null;
}

/** Standalone, in this process, with users of its own identity provider. */
export async function startEmbedded(
  variables: Variables = {},
  pages: Pick<StandaloneOptions, 'console'> = {},
): Promise<EmbeddedStack> {
  const directory = await dataDirectory();
  const users = await startIdentityProvider();
  const logs = captureLogs();
  const standalone = await startStandalone(
    readStandaloneVariables({
      PORT: '0',
      METRICS_PORT: '0',
      DATA_DIR: directory.path,
      FRONTEND_ORIGINS: FRONTEND,
      JWT_ISSUER: users.issuer,
      JWT_AUDIENCE: users.audience,
      JWT_JWKS_URL: users.jwksUrl,
      DRAIN_SECONDS: '0',
      ...LENIENT,
      ...PATIENT,
      ...variables,
    }),
    { destination: logs, ...pages },
  );
  const { url, metricsUrl, internalUrl, bus } = standalone;
  await fetchKeys({ tickets: url, users });

  let stopping: Promise<void> | undefined;

  async function end(): Promise<void> {
    await standalone.stop();
    await users.close();
  }

  return {
    tickets: url,
    audit: url,
    edges: [url.replace('http:', 'ws:')],
    metrics: [metricsUrl],
    verify: internalUrl,
    users,
    backend: bus.messages,
    backendRequests: bus.requests,
    requests: bus.requests,
    operatorToken: async () => (await readFile(join(directory.path, 'operator.token'), 'utf8')).trim(),
    logs: () => logs.text,
    stop() {
      stopping ??= end().then(directory.remove);
      return stopping;
    },
    async stopAndRead() {
      await end();
      const sql = await openPglite({ dataDir: join(directory.path, 'audit') });
      const rows = await dumpTables(sql);
      await sql.close();
      stopping = directory.remove();
      await stopping;
      return rows;
    },
  };
}
