import type { Redact } from '@admit-one/config';
import type { Dependencies } from '../dependencies.ts';
import type { DependencyName } from '../dependency-names.ts';
import { errorMessage } from '../errors.ts';
import { within } from '../within.ts';

/** Something that a service needs to do its work. */
export interface ReadinessCheck {
  /** The dependency that it looks at, where that is not embedded. */
  readonly dependency?: DependencyName;
  /** Why the service is not ready, as a sentence; null where it is. An error is a reason too. */
  readonly problem: () => string | null | Promise<string | null>;
}

/** The outcome of a check of a condition: null where it holds, else the problem. */
export function problemUnless(holds: boolean, problem: string): string | null {
  return holds ? null : problem;
}

export type ReadinessChecks = Readonly<Record<string, ReadinessCheck>>;

/** The outcome of a check, as `/readyz` shows it. */
export interface CheckResult {
  readonly status: 'ok' | 'failed';
  readonly dependency?: DependencyName;
  readonly cause?: string;
  /** RFC 3339: when it was lost, or first seen to fail. */
  readonly since?: string;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckResult>>;
}

export interface ReadinessOptions {
  readonly dependencies: Pick<Dependencies, 'states'>;
  readonly redact: Redact;
}

const CHECK_TIMEOUT_MS = 1_000;

/**
 * Looks at every check. One that takes longer than a second has failed. Causes are without secrets, and without the
 * addresses of engines: anyone may ask.
 */
export function createReadiness(checks: ReadinessChecks, { dependencies, redact }: ReadinessOptions) {
  const failingSince = new Map<string, number>();

  async function look([name, { dependency, problem }]: [string, ReadinessCheck]) {
    const state = dependencies.states.find((each) => each.name === dependency);
    const ofDependency = state && { dependency: state.name };
    const found = await problemOf(problem);
    if (found === null) {
      failingSince.delete(name);
      return [name, { status: 'ok', ...ofDependency }] as const;
    }
    const isDown = state && !state.up;
    const since = failingSince.get(name) ?? Date.now();
    failingSince.set(name, since);
    const result: CheckResult = {
      status: 'failed',
      ...ofDependency,
      cause: withoutAddresses(redact((isDown && state.cause) || found)),
      since: new Date(isDown ? state.since : since).toISOString(),
    };
    return [name, result] as const;
  }

  return async function report(): Promise<ReadinessReport> {
    const results = await Promise.all(Object.entries(checks).map(look));
    const ready = results.every(([, { status }]) => status === 'ok');
    return { ready, checks: Object.fromEntries(results) };
  };
}

export type Readiness = ReturnType<typeof createReadiness>;

async function problemOf(problem: ReadinessCheck['problem']): Promise<string | null> {
  try {
    const found = await within(Promise.resolve(problem()), CHECK_TIMEOUT_MS);
    return found === undefined ? 'no answer within a second' : found;
  } catch (error) {
    return errorMessage(error);
  }
}

/** IP addresses and host names with a dot, with or without a port. */
const ADDRESSES = [
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
  /(?:[\da-f]{0,4}:){2,}[\da-f]{0,4}(?::\d+)?/gi,
  /\b(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z]{2,}(?::\d+)?\b/gi,
  /\b[a-z][a-z\d-]*:\d+\b/gi,
];
/** What looks like a host name, but names a file. */
const FILE = /\.(?:conf|json|pem|crt|key)$/;

function withoutAddresses(text: string): string {
  const plain = ADDRESSES.reduce(
    (left, address) => left.replace(address, (found) => (FILE.test(found) ? found : '')),
    text,
  );
  return plain.replace(/ {2,}/g, ' ').trim();
}
