/// <reference types="@fastify/swagger" preserve="true" />
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Reason } from '@admit-one/core';
import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import helmet from 'helmet';
import type { Dependencies } from '../dependencies.ts';
import type { Logger } from '../logging.ts';
import type { OriginPolicy } from '../origin-policy.ts';
import { createRejectionLog } from '../rejection-log.ts';
import type { Telemetry, Trace } from '../telemetry.ts';
import { allowPrivateNetwork, enforceAllowedOrigins, PAGE_METHODS } from './allowed-origins.ts';
import { boundConnections, readMaxConnections } from './bound-connections.ts';
import { createClientAddress, createPeerCheck } from './client-address.ts';
import { schemaController } from './compile-validator.ts';
import { closeIdleConnections } from './idle-connections.ts';
import { readJsonBodies } from './json-bodies.ts';
import { createAnswerMalformed, MAX_HEADER_BYTES, rejectConnect } from './malformed-requests.ts';
import { replyWithError } from './reply.ts';
import { addRequestTelemetry } from './request-telemetry.ts';
import { createRouteTable, ROUTER_OPTIONS } from './route-table.ts';
import { addNotFoundHandler, rejectInvalidRequests } from './strict-requests.ts';
import { countUntrustedForwarded } from './untrusted-forwarded.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The trace of the request. */
    trace: Trace;
    /** Set where the response is a rejection. */
    rejectedBecause?: Reason;
    /** The client's address. `ip` is only the peer's. */
    readonly clientAddress: string | null;
  }
}

export interface HttpServerOptions {
  readonly log: Logger;
  readonly telemetry: Telemetry;
  readonly dependencies: Pick<Dependencies, 'countRejected'>;
  readonly origins: OriginPolicy;
  readonly trustedProxies: readonly string[];
  /** The value of `Strict-Transport-Security`; none where undefined. */
  readonly strictTransportSecurity?: string | undefined;
  /** Title and version of the OpenAPI document at `/openapi.json`. */
  readonly title: string;
  readonly version: string;
}

/** The largest HTTP body that is read, in bytes. */
export const MAX_BODY_BYTES = 16 * 1024;

/** Of clients. */
const KEEP_ALIVE_MS = 5_000;

/** Of trusted proxies. Longer than the keep-alive of the usual load balancers (600 s at Google's), so that they close first. */
const PROXY_KEEP_ALIVE_MS = 620_000;

/** How often Node checks for request timeouts; 30 s by default. */
const TIMEOUT_CHECK_MS = 5_000;

/**
 * The HTTP base of a service: problem documents for every error, CORS for the frontend origins, security headers,
 * traces, and an OpenAPI document. It logs no header and no query.
 *
 * Pages of those origins may send any header: no header is trusted because a preflight allowed it, and cookies are never
 * sent. Other pages can read only that they are blocked.
 */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { log, telemetry, dependencies, origins, trustedProxies } = options;
  const { strictTransportSecurity, title, version } = options;
  const rejectionLog = createRejectionLog(log, dependencies);
  const answerMalformed = createAnswerMalformed({ telemetry, log });
  const clientAddress = createClientAddress(trustedProxies);
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: 30_000,
    http: {
      requireHostHeader: false,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
    clientErrorHandler: answerMalformed,
    forceCloseConnections: 'idle',
    routerOptions: { ...ROUTER_OPTIONS },
    schemaController,
    frameworkErrors: (error, request, reply) => {
      request.trace ??= telemetry.startTrace();
      reply.header('x-content-type-options', 'nosniff');
      replyWithError(error, request as FastifyRequest, reply as FastifyReply, rejectionLog);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();

  // Node 20 silently drops headers above this count. Their size bounds their number, and `invalidRequestOf` rejects more than 200.
  app.server.maxHeadersCount = 0;
  boundConnections(app.server, { readMaxConnections, telemetry, log });
  const isProxy = createPeerCheck(trustedProxies);
  app.server.on('request', (request, response) => {
    // Node sets the timeout of clients in a listener before this one.
    if (isProxy(request)) response.once('finish', () => request.socket.setTimeout(PROXY_KEEP_ALIVE_MS));
  });
  addRequestTelemetry(app, { telemetry, log });
  countUntrustedForwarded(app.server, { trustedProxies, telemetry, log });
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    replyWithError(error, request, reply, rejectionLog),
  );
  app.addHook('onClose', async () => rejectionLog.stop());
  app.decorateRequest('clientAddress', {
    getter() {
      return clientAddress(this.raw);
    },
  });
  rejectConnect(app.server, answerMalformed);
  const findRoutes = createRouteTable(app);
  addNotFoundHandler(app, findRoutes);
  readJsonBodies(app);
  closeIdleConnections(app);

  const securityHeaders = securityHeadersOf(strictTransportSecurity);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(securityHeaders);
    done();
  });
  allowPrivateNetwork(app, origins);
  await app.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && origins(origin)),
    methods: [...PAGE_METHODS],
    exposedHeaders: ['retry-after'],
    maxAge: 600,
    strictPreflight: false,
  });
  enforceAllowedOrigins(app, origins, findRoutes);
  rejectInvalidRequests(app);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title, version },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  return app as unknown as FastifyInstance;
}

/** The security headers: the same for every response, so they are made once. */
function securityHeadersOf(strictTransportSecurity: string | undefined): Readonly<Record<string, string>> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  // Whether every page of the host and its subdomains must use TLS is the TLS terminator's business.
  const setHeaders = helmet({
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  setHeaders(request, response, (error) => {
    if (error) throw error;
  });
  const headers = response.getHeaders() as Record<string, string>;
  return strictTransportSecurity === undefined
    ? headers
    : { ...headers, 'strict-transport-security': strictTransportSecurity };
}
