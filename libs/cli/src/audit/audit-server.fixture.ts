import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type AdmitOptions, type AdmitRun, admit } from '../terminal.fixture.ts';

/** A request to the audit API. */
export interface AuditRequest {
  readonly method: string;
  /** Below `/api/v1/audit/`. */
  readonly path: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A JSON value, or what writes the reply itself. */
export type AuditReply = object | ((response: ServerResponse, request: AuditRequest) => void);

export interface AuditServer {
  readonly url: string;
  readonly requests: readonly AuditRequest[];
  /** Runs `admit audit` with these words, or `admit` with `bare`, against this server. */
  admit(words: readonly string[], options?: AdmitOptions & { readonly bare?: boolean }): AdmitRun;
}

export const OPERATOR_TOKEN = 'operator.token.of-a-test';

/** A server that answers each request with the next reply. The shapes are those of the audit API. */
export async function startAuditServer(...replies: readonly AuditReply[]): Promise<AuditServer> {
  const requests: AuditRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://localhost');
    const { method = '', headers } = incoming;
    const path = pathname.replace('/api/v1/audit/', '');
    const request = { method, path, parameters: [...searchParams], headers, body: await text(incoming) };
    requests.push(request);
    const reply = replies[requests.length - 1];
    if (typeof reply === 'function') return reply(response, request);
    if (reply === undefined) return problem(500, 'INTERNAL', 'no reply is left')(response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    admit(words, { env = {}, bare = false, ...options } = {}) {
      const variables = { AUDIT_URL: url, ADMIT_OPERATOR_TOKEN: OPERATOR_TOKEN, ...env };
      return admit(bare ? words : ['audit', ...words], { ...options, env: variables });
    },
  };
}

/** A problem document (RFC 9457). */
export function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(
      JSON.stringify({
        type: `urn:admit-one:problem:${code}`,
        title: code,
        status,
        detail,
        code,
        traceId: 'a1',
      }),
    );
  };
}

/** An event as the API sends it. */
export function apiEvent(
  sequence: number,
  type: string,
  data: object,
  more: object = {},
): Record<string, unknown> {
  const place = { partitionkey: 'p00.e', sequence: String(sequence).padStart(16, '0') };
  return {
    specversion: '1.0',
    id: `${place.partitionkey}.${place.sequence}`,
    source: 'instance',
    type,
    subject: TICKET_ID,
    time: new Date(Date.UTC(2026, 0, 31, 12) + sequence).toISOString(),
    ...place,
    data,
    position: `1.${sequence}.0`,
    ...more,
  };
}

export const TICKET_ID = 'u7lqBqkCwDpJb5yL2vQf0mXh3rTnZ8sEo1KdGiA4cWg';
