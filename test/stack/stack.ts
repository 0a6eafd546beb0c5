import type { Messages, RequestReply } from '@admit-one/core';
import type { IdentityProvider } from '@admit-one/testkit';

/** All of Admit One, running, as its users and operators meet it. The end-to-end tests run on any stack. */
export interface Stack {
  /** Base URL of the ticket-service: `http://…`. */
  readonly tickets: string;
  /** Base URL of the audit-service. */
  readonly audit: string;
  /** Base URLs of the edges: `ws://…`. */
  readonly edges: readonly string[];
  /** URLs of everything that Prometheus would scrape. */
  readonly metrics: readonly string[];
  /** Signs the tokens of users. */
  readonly users: IdentityProvider;
  /** The bus, as a backend of the operator's sees it. */
  readonly backend: Messages;
  /** What it can ask on the bus. */
  readonly backendRequests: RequestReply;
  /** The bus, as a gate in a server of the operator's sees it. */
  readonly requests: RequestReply;
  operatorToken(): Promise<string>;
  /** Every log line so far, as written. */
  logs(): string;
  /** Stops everything; a second call waits for the first. */
  stop(): Promise<void>;
  /** Stops, and gives all that the engines hold then, as text: rows, and keys, values and messages where they have those. */
  stopAndRead(): Promise<string>;
}

/** Variables that a test sets in addition to those of the stack. */
export type Variables = Readonly<Record<string, string>>;

/** The origin that every stack lets in. */
export const FRONTEND = 'https://app.example.com';

/** Tests ask the audit log again and again until it tells what they wait for, and one user stands for many. */
export const LENIENT: Variables = {
  AUDIT_REQUESTS_PER_MINUTE: '100000',
  TICKETS_PER_SESSION_PER_MINUTE: '0',
  TICKETS_PER_USER_PER_MINUTE: '0',
  FAILED_TOKENS_PER_MINUTE: '0',
  FAILED_UPGRADES_PER_MINUTE: '0',
  MAX_CONNECTIONS_PER_SESSION: '0',
  MAX_CONNECTIONS_PER_USER: '0',
};

/** What is slow on a busy machine is not away. Tests of what is away by default set less. */
export const PATIENT: Variables = { REDIS_COMMAND_TIMEOUT_MS: '2000' };
