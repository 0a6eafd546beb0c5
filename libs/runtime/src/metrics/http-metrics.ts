import { type Reason, reasons, serviceNames } from '@admit-one/core';
import type { Catalogue } from './metric-row.ts';

/** The methods of RFC 9110 and RFC 5789; `_OTHER`, as OpenTelemetry names it, is any other. */
export const httpMethods = [
  ...(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const),
  '_OTHER',
] as const;

/** What the HTTP servers of every service count. */
export const httpMetrics = {
  http_server_request_duration_seconds: {
    kind: 'histogram',
    unit: 's',
    description: 'Duration of HTTP requests; `error_type` is the reason of a rejection',
    labels: {
      http_request_method: httpMethods,
      http_route: 'the paths that the service serves, or `none`',
      http_response_status_code: 'the statuses that it answers with',
      error_type: ['', ...(Object.keys(reasons) as readonly Reason[])],
    },
    services: serviceNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  http_malformed_requests_total: {
    kind: 'counter',
    unit: '1',
    description: 'Requests that could not be parsed, or did not arrive in time, by status',
    labels: { status: ['400', '408', '431'] },
    services: serviceNames,
  },
  http_untrusted_forwarded_total: {
    kind: 'counter',
    unit: '1',
    description: 'Requests with an X-Forwarded-For from a peer that TRUSTED_PROXIES does not list',
    labels: {},
    services: serviceNames,
  },
  admit_http_connections_closed_total: {
    kind: 'counter',
    unit: '1',
    description: 'TCP connections closed because the process reached its bound, idle ones first',
    labels: {},
    services: serviceNames,
  },
} as const satisfies Catalogue;
