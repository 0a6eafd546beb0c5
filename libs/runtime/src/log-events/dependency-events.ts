import type { LogEventRows } from './log-event-row.ts';

/** The engines and issuers that a process depends on. */
export const dependencyEvents = {
  dependency_down: {
    severity: 'ERROR',
    meaning:
      'The process cannot reach an engine or the keys of an issuer. Logged once for each outage of more than a second; `dependency_up` follows.',
    remedy:
      'Look at the engine: is it running, is the address right, does the network let us through? `npx @admit-one/cli doctor` looks at each.',
    members: {
      dependency: '`redis`, `nats`, `postgres` or `issuer_keys`.',
      issuer: 'For `issuer_keys`: the alias of the issuer.',
      cause: 'The first error.',
      since: 'When it was lost, or when the process began to look for it.',
      effect: 'What does not work meanwhile.',
    },
  },
  dependency_up: {
    severity: 'INFO',
    meaning: 'The process can reach it: for the first time, or again after `dependency_down`.',
    members: {
      dependency: '`redis`, `nats`, `postgres` or `issuer_keys`.',
      issuer: 'For `issuer_keys`: the alias of the issuer.',
      downSeconds: 'How long it was away; absent for the first time.',
      rejectedRequests: 'How many requests and upgrades this process rejected meanwhile because of it.',
      rejectedCommands: 'How many commands of edges a ticket-service rejected meanwhile; retries count.',
      closedConnections: 'How many connections it closed meanwhile because of it.',
    },
  },
  issuer_keys_ignored: {
    severity: 'WARNING',
    meaning: 'An issuer publishes keys that cannot be used.',
    remedy: 'Nothing, if tokens are signed with other keys. `npx @admit-one/cli doctor` explains each.',
    members: { issuer: 'Its alias.', ignored: 'The keys, and why.' },
  },
  database_connection_lost: {
    severity: 'DEBUG',
    meaning: 'An idle connection to PostgreSQL was lost. The next query opens another.',
  },
  bus_error: {
    severity: ['ERROR', 'DEBUG'],
    meaning:
      'The bus met an error while it was connected. The same error is logged once a minute, with a count of its repeats.',
    remedy: 'Look at `err`; then at the log of NATS.',
    members: { count: 'How often it was not logged since the last line; absent where never.' },
  },
  bus_diagnostic: {
    severity: ['WARNING', 'ERROR'],
    meaning: 'A setting of NATS differs from what is wanted, or the event stream was gone.',
    remedy: 'Do what `remedy` says.',
    members: { issue: 'What is wrong.', remedy: 'What to do.' },
  },
  store_diagnostic: {
    severity: ['WARNING', 'ERROR'],
    meaning: 'A setting of Redis endangers tickets or events.',
    remedy: 'Do what `remedy` says.',
    members: { issue: 'What is wrong.', remedy: 'What to do.' },
  },
} as const satisfies LogEventRows;
