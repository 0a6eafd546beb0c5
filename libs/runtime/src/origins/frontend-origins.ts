import { ConfigError } from '../errors.ts';
import type { Logger } from '../logging.ts';
import { createCurrentOrigins } from './current-origins.ts';
import { type OriginList, readOrigins, readOriginsFile, readOriginsFileSync } from './origin-list.ts';
import type { OriginPolicy } from './origin-policy.ts';

/** The variables that say which origins. */
export interface OriginSettings {
  readonly FRONTEND_ORIGINS?: readonly string[] | undefined;
  readonly FRONTEND_ORIGINS_FILE?: string | undefined;
}

export interface FrontendOriginsOptions {
  readonly variables: OriginSettings;
  readonly loopback: boolean;
  readonly log: Logger;
  readonly pollMs?: number;
}

/** The origins that pages may come from, for as long as the process runs. */
export interface FrontendOrigins {
  /** Goes by the list as it is now. Whoever was let in before stays in. */
  readonly policy: OriginPolicy;
  /** Reads the file again, and tells the log what came of it. Never rejects. */
  reread(): Promise<void>;
  close(): void;
}

/** Soon enough for whoever waits for it. File systems do not tell reliably of the links that a mounted ConfigMap swaps. */
const POLL_MS = 3_000;
const NO_FILE: OriginList = { origins: [], faults: [] };

/** Reads the list of both variables, for a start; the faults are by their names. */
export function readFrontendOrigins(variables: OriginSettings): OriginList {
  const { FRONTEND_ORIGINS_FILE: file } = variables;
  return joined(variables, file === undefined ? NO_FILE : readOriginsFileSync(file));
}

/**
 * Opens the list, and follows its file. Where that is faulty later on, the last good list stands, and each new fault is logged
 * once.
 * @throws {ConfigError} where it is faulty now
 */
export function openFrontendOrigins(options: FrontendOriginsOptions): FrontendOrigins {
  const { variables, loopback, log, pollMs = POLL_MS } = options;
  const { FRONTEND_ORIGINS_FILE: file } = variables;
  const first = readFrontendOrigins(variables);
  if (first.faults.length > 0) throw new ConfigError(first.faults);

  const current = createCurrentOrigins(first.origins, { loopback, log });
  let reading = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  /** One reading after the other, so that an older one never replaces a newer. */
  function read(asked: boolean): Promise<void> {
    reading = reading.then(async () => {
      const list = joined(variables, file === undefined ? NO_FILE : await readOriginsFile(file));
      if (!closed) current.replace(list, asked);
    });
    return reading;
  }

  function pollLater(): void {
    timer = setTimeout(async () => {
      await read(false);
      if (!closed) pollLater();
    }, pollMs).unref();
  }
  if (file !== undefined) pollLater();

  return {
    policy: current.policy,
    reread: () => read(true),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

function joined({ FRONTEND_ORIGINS = [] }: OriginSettings, file: OriginList): OriginList {
  const listed = readOrigins(FRONTEND_ORIGINS);
  return {
    origins: [...new Set([...listed.origins, ...file.origins])],
    faults: [
      ...listed.faults.map((fault) => `FRONTEND_ORIGINS: ${fault}`),
      ...file.faults.map((fault) => `FRONTEND_ORIGINS_FILE: ${fault}`),
    ],
  };
}
