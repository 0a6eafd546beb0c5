import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { captureLogs, temporaryDirectory } from '@admit-one/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HostContext, type HostOptions, type Served, startHost } from './host.ts';

function optionsOf(variables: Partial<HostOptions['variables']> = {}, destination = captureLogs()) {
  return {
    service: 'host',
    title: 'Host',
    destination,
    variables: {
      HOST: '127.0.0.1',
      PORT: 0,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: 0,
      LOG_LEVEL: 'info' as const,
      SHUTDOWN_SECONDS: 5,
      TRUSTED_PROXIES: [],
      FRONTEND_ORIGINS: [],
      OTEL_TRACES_SAMPLER: 'parentbased_always_on' as const,
      OTEL_TRACES_SAMPLER_ARG: 1,
      ...variables,
    },
  };
}

/** Serves a route, and writes down in which order its parts are asked to stop. */
function serving(steps: string[], over: Partial<Served> = {}) {
  return async ({ closers }: HostContext): Promise<Served> => {
    closers.add('engine', () => steps.push('engine closes'));
    closers.add('service', () => steps.push('service stops'));
    return {
      routes: [async (app) => void app.get('/hello', () => ({ hello: 'world' }))],
      readiness: { engine: { problem: () => null } },
      drain: async () => void steps.push('connections drain'),
      ...over,
    };
  };
}

describe('a host', () => {
  it('logs and throws no secret of its variables', async () => {
    const destination = captureLogs();
    const options = optionsOf({}, destination);
    const REDIS_URL = 'redis://user:correct horse@redis';
    const variables = { ...options.variables, REDIS_URL };
    const failed = startHost({ ...options, variables }, async ({ log }) => {
      const err = Object.assign(new TypeError('Invalid URL'), { input: REDIS_URL });
      log.error({ err }, 'bus_error');
      throw new Error(`no ${REDIS_URL}`, { cause: new Error('of correct horse') });
    });
    const error = (await failed.catch((thrown: unknown) => thrown)) as Error;
    expect([destination.text, error.message, error.stack, String(error.cause)].join()).not.toContain(
      'correct',
    );
    expect(destination.text).toContain('Invalid URL');
  });

  it('serves the routes, their health and its metrics, and says in its log where', async () => {
    const destination = captureLogs();
    const host = await startHost(optionsOf({}, destination), serving([]));
    onTestFinished(() => host.stop());
    const get = async (url: string) => (await fetch(url)).text();
    expect(await get(`${host.url}/hello`)).toBe('{"hello":"world"}');
    expect(await get(`${host.url}/readyz`)).toBe('{"status":"ready","checks":{"engine":{"status":"ok"}}}');
    expect(await get(host.metricsUrl)).toContain('http_server_request_duration_seconds');
    expect(destination.text).toContain(`"url":"${host.url}"`);
  });

  it('drains while it still answers, closes its port, then the rest from last to first', async () => {
    const steps: string[] = [];
    const host = await startHost(
      optionsOf(),
      serving(steps, {
        async drain() {
          steps.push(`connections drain, ${(await fetch(`${host.url}/healthz`)).status}`);
        },
      }),
    );
    const metrics = async () => (await fetch(host.metricsUrl)).ok;
    await host.stop();
    expect(steps).toEqual(['connections drain, 200', 'service stops', 'engine closes']);
    await expect(fetch(host.url)).rejects.toThrow();
    await expect(metrics()).rejects.toThrow();
  });

  it('serves internal routes on the internal port only', async () => {
    const destination = captureLogs();
    const host = await startHost(
      optionsOf({ HOST: '127.0.0.1', METRICS_HOST: '127.0.0.3' }, destination),
      serving([], {
        internal: {
          port: 0,
          host: '127.0.0.2',
          variable: 'INTERNAL_PORT',
          routes: async (app) => void app.get('/inside', () => 'inside'),
        },
      }),
    );
    const status = async (url: string) => (await fetch(url)).status;
    const addresses = [host.url, host.internalUrl, host.metricsUrl].map((url) => new URL(url ?? '').hostname);
    expect(addresses).toEqual(['localhost', '127.0.0.2', '127.0.0.3']);
    expect(await status(host.metricsUrl)).toBe(200);
    expect(await status(`${host.internalUrl}/inside`)).toBe(200);
    expect(await status(`${host.internalUrl}/readyz`)).toBe(200);
    expect(await status(`${host.internalUrl}/hello`)).toBe(404);
    expect(await status(`${host.url}/inside`)).toBe(404);
    expect(destination.text).toContain(`"internalUrl":"${host.internalUrl}"`);
    await host.stop();
    await expect(fetch(`${host.internalUrl}/inside`)).rejects.toThrow();
  });

  it('has no internal port where nothing is served there', async () => {
    const host = await startHost(optionsOf(), serving([]));
    onTestFinished(() => host.stop());
    expect(host.internalUrl).toBeNull();
  });

  it.each(['PORT', 'METRICS_PORT'])('closes what it has opened where %s is taken', async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const steps: string[] = [];
    const started = startHost(optionsOf({ [variable]: port }), serving(steps));
    await expect(started).rejects.toThrow(`Port ${port} is taken. Set ${variable} to a free one`);
    expect(steps.filter((step) => step !== 'connections drain')).toEqual(['service stops', 'engine closes']);
  });

  it('throws what kept its services from starting, though the way back fails too', async () => {
    const destination = captureLogs();
    const started = startHost(optionsOf({}, destination), async ({ closers }) => {
      closers.add('engine', () => Promise.reject(new Error('the engine hangs')));
      throw new Error('no such thing');
    });
    await expect(started).rejects.toThrow('no such thing');
    expect(destination.text).toContain('the engine hangs');
  });

  it('lets pages in by its file of origins, reads that again on request, and starts with a good one alone', async () => {
    const directory = await temporaryDirectory();
    onTestFinished(() => directory.remove());
    const file = join(directory.path, 'origins');
    const options = optionsOf({ FRONTEND_ORIGINS_FILE: file });
    await expect(startHost(options, serving([]))).rejects.toThrow('FRONTEND_ORIGINS_FILE: cannot be read');

    await writeFile(file, 'https://old.example');
    const host = await startHost(options, serving([]));
    onTestFinished(() => host.stop());
    const admitted = async (origin: string) => {
      const { headers } = await fetch(`${host.url}/hello`, { headers: { origin } });
      return headers.get('access-control-allow-origin') === origin;
    };
    expect(await admitted('https://old.example')).toBe(true);
    await writeFile(file, 'https://new.example');
    await host.reload?.();
    expect(await admitted('https://old.example')).toBe(false);
    expect(await admitted('https://new.example')).toBe(true);
  });

  it('gives each service in it an identity, and logs under it', async () => {
    const destination = captureLogs();
    const host = await startHost(optionsOf({}, destination), async (context) => {
      const { instance, log } = context.identify('part');
      expect(instance).toMatch(/^part-[\w-]{8}$/);
      log.info('listening');
      return { routes: [], readiness: {} };
    });
    await host.stop();
    expect(destination.text).toMatch(/"service":"part","instance":"part-[\w-]{8}".*"listening"/);
  });
});
