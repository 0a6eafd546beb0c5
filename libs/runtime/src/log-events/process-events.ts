import { type LogEventRows, outageMembers, recoveryMembers, severityOfReason } from './log-event-row.ts';

/** Start, stop, configuration and HTTP: what every process may log. */
export const processEvents = {
  listening: {
    severity: 'INFO',
    meaning: 'The process answers HTTP. It may not be ready yet.',
    members: {
      url: 'Where it answers, from this machine.',
      metricsUrl: 'Its metrics.',
      internalUrl: 'The internal port, or null.',
      version: 'The release.',
    },
  },
  variable_misspelled: {
    severity: 'WARNING',
    meaning: 'An environment variable is set that no service reads, and that resembles one.',
    remedy: 'Correct its name, or remove it.',
    members: { variable: 'Its name.', nearest: 'The variable that it resembles.' },
  },
  engines: {
    severity: 'INFO',
    meaning: 'Standalone uses these engines.',
    members: { bus: 'NATS or memory.', tickets: 'Redis or memory.', auditLog: 'PostgreSQL or PGlite.' },
  },
  ready: {
    severity: 'INFO',
    meaning: 'Every check of `/readyz` has passed for the first time.',
    members: { seconds: 'The time since it listened.' },
  },
  not_ready: {
    severity: 'WARNING',
    meaning: 'The process has been listening for a while, and a check of `/readyz` still fails.',
    remedy: 'Look at the causes. `npx @admit-one/cli doctor` looks at each engine.',
    members: { checks: 'The checks that fail, and why.' },
  },
  stopping: {
    severity: 'INFO',
    meaning: 'The process was asked to stop, and drains.',
    members: { signal: 'The signal.' },
  },
  stopped: { severity: 'INFO', meaning: 'The process has stopped, and lost nothing.' },
  stopped_with_errors: {
    severity: 'ERROR',
    meaning: 'The process has stopped, but not all of it in order. Events that it could not send are lost.',
    remedy:
      'Look at `err`. If the bus was away, `npx @admit-one/cli audit completeness` shows what is missing.',
  },
  stopped_at_once: {
    severity: 'WARNING',
    meaning: 'A second signal ended the process before it had stopped in order.',
    members: { signal: 'The second signal.' },
  },
  stop_took_too_long: {
    severity: 'CRITICAL',
    meaning: 'The process was ended because its stop took longer than SHUTDOWN_SECONDS. Events may be lost.',
    remedy: 'Look for what was down. Set SHUTDOWN_SECONDS well above DRAIN_SECONDS.',
    members: { shutdownMs: 'SHUTDOWN_SECONDS, in milliseconds.' },
  },
  uncaught_exception: {
    severity: 'CRITICAL',
    meaning: 'A bug ended the process.',
    remedy: 'Report it, with `err`.',
  },
  origins_invalid: {
    severity: 'ERROR',
    meaning: 'The file of allowed origins has issues. The last good list stays in use.',
    remedy: 'Fix the file that FRONTEND_ORIGINS_FILE names.',
    members: { issues: 'What is wrong.', origins: 'How many origins are in use.' },
  },
  origins_reloaded: {
    severity: 'INFO',
    meaning: 'The list of allowed origins was read again.',
    members: { origins: 'How many there are.', added: 'The new ones.', removed: 'The former ones.' },
  },
  operator_token_not_written: {
    severity: 'ERROR',
    meaning: 'Standalone could not renew `operator.token` in its data directory.',
    remedy: 'Check the directory and the space on its disk. The token in the file expires within 12 hours.',
  },
  http_connections_at_bound: {
    severity: 'WARNING',
    meaning:
      'The process has as many TCP connections as its limit of open files allows, and closes idle ones.',
    remedy: 'Raise the limit of open files (`ulimit -n`), or add an instance.',
    members: { maxConnections: 'The bound.' },
  },
  untrusted_forwarded_for: {
    severity: 'WARNING',
    meaning: 'A peer that TRUSTED_PROXIES does not list sent X-Forwarded-For, which is ignored.',
    remedy: 'If it is your proxy, add it to TRUSTED_PROXIES.',
    members: { peer: 'Its address.', variable: '`TRUSTED_PROXIES`.' },
  },
  http_request: {
    severity: 'DEBUG',
    meaning: 'A request was answered.',
    members: {
      method: 'The method.',
      route: 'The route, without query.',
      status: 'The status.',
      seconds: 'The duration.',
    },
  },
  trace_export_failed: {
    severity: ['ERROR', 'DEBUG'],
    meaning: 'The collector does not take spans. Those that do not fit into the queue are dropped.',
    remedy: 'Check OTEL_EXPORTER_OTLP_ENDPOINT, and that the collector runs.',
    members: outageMembers,
  },
  trace_export_recovered: {
    severity: 'INFO',
    meaning: 'The collector takes spans again.',
    members: recoveryMembers,
  },
  http_request_malformed: {
    severity: 'DEBUG',
    meaning: 'A request was not valid HTTP.',
    members: { error: 'The code of the parser.', status: 'The status of the reply.' },
  },
  request_denied: {
    severity: severityOfReason,
    meaning:
      'A request of an operator, or of a user to another endpoint than that of tickets, was not authenticated, not allowed, or above a limit. It is in no event.',
    remedy: 'Look up the reason in reasons.md. Many from one address: somebody guesses.',
    members: {
      reason: 'A row of the reasons table.',
      detail: 'What the client was told in addition.',
      subject: 'Whom the token names, where it is good but lacks the scope.',
      method: 'The method.',
      route: 'The route, without query.',
      address: "The client's address.",
    },
  },
  http_request_failed: {
    severity: 'CRITICAL',
    meaning: 'A failure of ours rejected a request. It is in no event.',
    remedy: 'Look up the reason in reasons.md.',
    members: { reason: 'A row of the reasons table.' },
  },
} as const satisfies LogEventRows;
