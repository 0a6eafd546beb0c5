import { once } from 'node:events';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { createMemoryBus } from '@admit-one/adapter-memory';
import { openAuditLog, openPglite, type Sql } from '@admit-one/adapter-postgres';
import type { AuditConfig, Setting } from '@admit-one/config';
import {
  type AuditLog,
  type Bus,
  type EventType,
  type NewEvent,
  newId,
  numbered,
  type ReceivedEvent,
  type StoredEvent,
} from '@admit-one/core';
import {
  addHealthRoutes,
  createClosers,
  createDependencies,
  createHttpServer,
  createLogger,
  createReadiness,
  createTelemetry,
} from '@admit-one/runtime';
import {
  type CapturedLogs,
  captureLogs,
  type IdentityProvider,
  openEmptyDatabase,
  startIdentityProvider,
} from '@admit-one/testkit';
import type { AlertRule } from './alerts/rules.ts';
import type { ConsoleFiles } from './console/console-files.ts';
import { type AuditService, startAuditService } from './service.ts';

/** The origin of the pages that may ask (CORS). */
export const FRONTEND = 'https://app.example.com';

/** What a test file shares: a database takes seconds to start. */
export interface Engines {
  readonly sql: Sql;
  readonly auditLog: AuditLog;
  readonly provider: IdentityProvider;
  /** Empties the audit log. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** @param open where the audit log is to be: the embedded engine by default */
export async function startEngines(
  open: () => Promise<Sql> = () => openEmptyDatabase(openPglite),
): Promise<Engines> {
  const sql = await open();
  const auditLog = await openAuditLog(sql);
  const provider = await startIdentityProvider({ audience: 'admit-one-audit' });
  return {
    sql,
    auditLog,
    provider,
    async clear() {
      await sql.query(
        `TRUNCATE event, event_total, event_conflict, open_connection, partition_sequence, dead_letter, rollup,
                  stream_generation, acknowledgement, alert, alert_sample`,
      );
    },
    async close() {
      await auditLog.close();
      await provider.close();
    },
  };
}

/** Headers to send; one with several values is sent several times. */
export type SentHeaders = Readonly<Record<string, string | string[]>>;

/** An audit-service with its HTTP server and its own bus. */
export interface Fixture {
  readonly instance: string;
  readonly service: AuditService;
  readonly bus: Bus;
  readonly logs: CapturedLogs;
  /** The value of a metric's series; `labels` as `a="b",c="d"`. Undefined where there is none. */
  metric(name: string, labels?: string): Promise<number | undefined>;
  /** Asks with a token that may read, or the one given. */
  get(path: string, token?: string | null): Promise<ApiResponse>;
  /** Asks with a token that may read. */
  fetch(path: string, init?: RequestInit & { headers?: Readonly<Record<string, string>> }): Promise<Response>;
  /** Posts JSON, with a token that may read, or one of these scopes. */
  post(path: string, body: unknown, scope?: string): Promise<ApiResponse>;
  /** Asks with these headers alone. */
  ask(path: string, headers: SentHeaders): Promise<ApiResponse>;
  stop(): Promise<void>;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown> & {
    readonly events: readonly StoredEvent[];
    readonly next: string;
    readonly end: boolean;
  };
}

export interface FixtureOptions {
  readonly config?: Partial<Omit<AuditConfig, 'operators'>>;
  readonly operators?: Partial<AuditConfig['operators']>;
  /** The keys of the operators' issuer are fetched. By default they are given: a fetch takes too long now and then. */
  readonly fetchesKeys?: boolean;
  /** Instead of the engines' own. */
  readonly auditLog?: AuditLog;
  /** None by default. */
  readonly alertRules?: readonly AlertRule[];
  /** None by default. */
  readonly settings?: readonly Setting[];
  /** None by default. */
  readonly console?: ConsoleFiles;
}

export async function startFixture(engines: Engines, options: FixtureOptions = {}): Promise<Fixture> {
  const { config = {}, operators = {}, auditLog = engines.auditLog, alertRules = [] } = options;
  const { settings = [], console: consoleFiles = null, fetchesKeys = false } = options;
  const { issuer, audience, jwksUrl, jwks } = engines.provider;
  const closers = createClosers();
  const instance = newId();
  const logs = captureLogs();
  const log = createLogger({ level: 'debug', service: 'audit-service', instance, destination: logs });
  const telemetry = createTelemetry({ service: 'audit-service', instance });
  closers.add('telemetry', () => telemetry.close());
  const dependencies = createDependencies({ log, meter: telemetry.meter });
  closers.add('dependencies', dependencies.close);
  const bus = createMemoryBus({ onError: () => {} });
  closers.add('bus', () => bus.close());
  const service = await startAuditService(
    {
      operators: {
        issuers: [
          { alias: 'operator', issuer, audiences: [audience], keys: fetchesKeys ? { jwksUrl } : { jwks } },
        ],
        maxTokenBytes: 16_384,
        scopeRules: [],
        tokenHeader: 'authorization',
        proxy: null,
        breakGlass: null,
        ...operators,
      },
      signIn: null,
      requestsPerMinute: 10_000,
      failedTokensPerMinute: Number.POSITIVE_INFINITY,
      pseudonyms: null,
      gapGraceMs: 60_000,
      gapCheckMs: 100,
      streamWindowMs: 0,
      // The events of the tests are of a fixed day.
      retention: { days: 10_000, maxBytes: null },
      silentMs: 30_000,
      sealing: null,
      alerts: { alertmanagerUrls: [], webhookUrl: null, everyMs: 15_000, leaseMs: 6_000 },
      ...config,
    },
    {
      ...{ service: 'audit-service', instance, bus, auditLog, log, telemetry, dependencies, alertRules },
      ...{ settings, console: consoleFiles },
    },
  );
  closers.add('service', () => service.stop());
  const app = await createHttpServer({
    log,
    telemetry,
    dependencies,
    origins: (origin) => origin === FRONTEND,
    trustedProxies: [],
    title: 'test',
    version: '0',
  });
  closers.add('http', () => app.close());
  await app.register(service.routes);
  addHealthRoutes(app, createReadiness(service.readiness, { dependencies, redact: String }));
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const metrics = await telemetry.serveMetrics(0, '127.0.0.1');
  const { port } = metrics.address() as { port: number };

  return {
    instance,
    service,
    bus,
    logs,
    async metric(name, labels) {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const series = labels === undefined ? name : `${name}{${labels}}`;
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1).split(' ')[0]);
    },
    async get(path, token) {
      const bearer = token === undefined ? await engines.provider.token({ scope: 'audit:read' }) : token;
      return ask(new URL(path, url), bearer === null ? {} : { authorization: `Bearer ${bearer}` });
    },
    async fetch(path, init) {
      const authorization = `Bearer ${await engines.provider.token({ scope: 'audit:read' })}`;
      return fetch(new URL(path, url), { ...init, headers: { ...init?.headers, authorization } });
    },
    async post(path, body, scope = 'audit:read') {
      const authorization = `Bearer ${await engines.provider.token({ scope })}`;
      const headers = { authorization, 'content-type': 'application/json' };
      return ask(new URL(path, url), headers, JSON.stringify(body));
    },
    ask: (path, headers) => ask(new URL(path, url), headers),
    stop: () => closers.close(),
  };
}

async function ask(url: URL, headers: SentHeaders, body?: string): Promise<ApiResponse> {
  const method = body === undefined ? 'GET' : 'POST';
  const sent = request(url, { method, headers: headers as OutgoingHttpHeaders, agent: false }).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: (await json(response)) as ApiResponse['body'],
  };
}

/** What a test says of an event; the rest is made up. `data` may be of any shape. */
export interface Sample {
  readonly type?: EventType;
  readonly subject?: string;
  readonly time?: number;
  readonly partitionkey?: string;
  readonly sequence?: number;
  readonly traceparent?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An event of an edge, by default the first of its partition key. */
export function eventOf({ partitionkey = newId(), sequence = 1, ...sample }: Sample = {}): ReceivedEvent {
  const event = {
    type: 'admit.handshake.rejected',
    source: 'edge',
    subject: newId(),
    time: Date.now(),
    traceparent: null,
    data: { reason: 'ticket_missing' },
    ...sample,
  };
  return numbered(event as unknown as NewEvent, partitionkey, sequence);
}

/** Publishes events as they are, good or bad, in one batch. */
export function publish({ events: stream }: Bus, events: readonly ReceivedEvent[]): Promise<void> {
  return stream.publish(
    events.map((event) => {
      const { type, partitionkey, sequence } = event;
      return { type, partitionkey, sequence, json: Buffer.from(JSON.stringify(event)) };
    }),
  );
}
