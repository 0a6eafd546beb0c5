import {
  ConfigError,
  type OriginList,
  type OriginSettings,
  readFrontendOrigins,
  rereadFrontendOrigins,
} from '@admit-one/config';
import type { Logger } from './logging.ts';
import { createOriginPolicy, type OriginPolicy } from './origin-policy.ts';

export interface FrontendOriginsOptions {
  readonly variables: OriginSettings;
  readonly loopback: boolean;
  readonly log: Logger;
  readonly pollMs?: number;
}

/** The allowed origins of a process. */
export interface FrontendOrigins {
  /** Uses the current list. Open connections are kept when it changes. */
  readonly policy: OriginPolicy;
  /** Reads the file again and logs the outcome. Never rejects. */
  reread(): Promise<void>;
  close(): void;
}

/** Polled, because file systems don't report reliably that a mounted ConfigMap has swapped its links. */
const POLL_MS = 3_000;

/**
 * Opens the list and follows its file. A file with issues leaves the last good list in place; new issues are logged once.
 * @throws {ConfigError} where the list has issues at the start
 */
export function openFrontendOrigins(options: FrontendOriginsOptions): FrontendOrigins {
  const { variables, loopback, log, pollMs = POLL_MS } = options;
  const first = readFrontendOrigins(variables);
  if (first.issues.length > 0) throw new ConfigError(first.issues);

  let current = first.origins;
  let isAllowed = createOriginPolicy({ allowed: current, loopback });
  let lastIssues = '';
  let reading = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function replace({ origins, issues }: OriginList, asked: boolean): void {
    const formerIssues = lastIssues;
    lastIssues = issues.join('\n');
    const isNews = asked || lastIssues !== formerIssues;
    if (issues.length > 0) {
      if (isNews) log.error({ issues, origins: current.length }, 'origins_invalid');
      return;
    }
    const added = origins.filter((origin) => !current.includes(origin));
    const removed = current.filter((origin) => !origins.includes(origin));
    if (!isNews && added.length + removed.length === 0) return;
    current = origins;
    isAllowed = createOriginPolicy({ allowed: current, loopback });
    log.info({ origins: current.length, added, removed }, 'origins_reloaded');
  }

  /** Sequential, so that an older reading never replaces a newer one. */
  function read(asked: boolean): Promise<void> {
    reading = reading.then(async () => {
      const list = await rereadFrontendOrigins(variables);
      if (!closed) replace(list, asked);
    });
    return reading;
  }

  function pollLater(): void {
    timer = setTimeout(async () => {
      await read(false);
      if (!closed) pollLater();
    }, pollMs).unref();
  }
  if (variables.FRONTEND_ORIGINS_FILE !== undefined) pollLater();

  return {
    policy: (origin) => isAllowed(origin),
    reread: () => read(true),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
