import { newId } from '@admit-one/core';
import type { ReconnectingConnection } from './connection/reconnecting-connection.ts';
import { subscribe } from './connection/subscription.ts';

/** The service's description in NATS's service API (ADR-32). */
export interface ServiceIdentity {
  /** The kind of service: `[A-Za-z0-9_-]+`. */
  readonly name: string;
  /** Semantic version. */
  readonly version: string;
  readonly description?: string;
  /** This instance; by default a random id. */
  readonly id?: string;
}

/** The statistics of one served subject. */
export interface ServiceEndpoint {
  /** Counts a completed request and its duration. */
  count(processingMs: number, error?: unknown): void;
  remove(): void;
}

export interface Discovery {
  /** Lists a served subject. Each server of a subject in this process is a separate endpoint. */
  add(subject: string): ServiceEndpoint;
}

export interface DiscoveryOptions {
  readonly connection: ReconnectingConnection;
  readonly identity: ServiceIdentity;
  /** The queue group of the served subjects. */
  readonly queue: string;
  readonly onError: (error: unknown) => void;
}

interface EndpointStats {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
  num_requests: number;
  num_errors: number;
  last_error: string;
  /** Nanoseconds, as `average_processing_time`. */
  processing_time: number;
  average_processing_time: number;
}

const VERBS = ['PING', 'INFO', 'STATS'] as const;
type Verb = (typeof VERBS)[number];

const NS_PER_MS = 1e6;

/** Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, each also followed by the service's name, or by its name and id. */
export function createDiscovery({ connection, identity, queue, onError }: DiscoveryOptions): Discovery {
  const { name, version, description = '', id = newId() } = identity;
  const started = new Date().toISOString();
  const endpoints = new Set<EndpointStats>();

  function factsFor(verb: Verb): object {
    switch (verb) {
      case 'PING':
        return {};
      case 'INFO':
        return { description, endpoints: [...endpoints].map(addressOf) };
      case 'STATS':
        return { started, endpoints: [...endpoints] };
      default:
        return verb satisfies never;
    }
  }

  function replyTo(verb: Verb): string {
    const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
    return JSON.stringify({ type, name, id, version, metadata: {}, ...factsFor(verb) });
  }

  for (const verb of VERBS)
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${name}`, `$SRV.${verb}.${name}.${id}`])
      subscribe({ connection, subject, deliver: (message) => message.respond(replyTo(verb)), onError });

  return {
    add(subject) {
      const stats = newStats(subject, queue);
      endpoints.add(stats);
      return { count: counting(stats), remove: () => endpoints.delete(stats) };
    },
  };
}

function newStats(subject: string, queue: string): EndpointStats {
  return {
    name: subject.replace(/[^\w-]/g, '-'),
    subject,
    queue_group: queue,
    num_requests: 0,
    num_errors: 0,
    last_error: '',
    processing_time: 0,
    average_processing_time: 0,
  };
}

function addressOf({ name, subject, queue_group }: EndpointStats): object {
  return { name, subject, queue_group, metadata: {} };
}

function counting(stats: EndpointStats): ServiceEndpoint['count'] {
  return (processingMs, error) => {
    stats.num_requests += 1;
    stats.processing_time += Math.round(processingMs * NS_PER_MS);
    stats.average_processing_time = Math.round(stats.processing_time / stats.num_requests);
    if (error === undefined) return;
    stats.num_errors += 1;
    // Every client of the bus can read this. The full error text is for the log only.
    stats.last_error = error instanceof Error ? error.name : 'unknown';
  };
}
