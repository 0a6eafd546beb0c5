/** Learns from replies when a request is overdue, and who is likely to answer a second copy of it. */
export interface Hedging {
  /** How long a reply usually takes at most, in milliseconds. */
  readonly delayMs: number;
  /** Takes the duration of a reply and, where it is known, the instance that replied. */
  observe(durationMs: number, instance: string | undefined): void;
  /** Counts a request: each earns a share of a hedge. */
  countRequest(): void;
  /** Whether a second copy may be sent now. */
  take(): boolean;
  /** Gives a hedge back that was answered before the first copy: it did the work instead of adding to it. */
  giveBack(): void;
  /** The instance that replied last, except those given. Undefined where none is known. */
  lastReplied(except?: ReadonlySet<string>): string | undefined;
  /** Forgets an instance that has left the bus. */
  forget(instance: string): void;
}

/** Before the first reply. */
const FIRST_DELAY_MS = 50;
const MIN_DELAY_MS = 15;

/** Of a fleet that is slow as a whole, hedges are at most this share of the requests, and so many at once. */
const SHARE = 0.1;
const BURST = 10;

/** How many instances are remembered; the one that has been silent for longest goes first. */
const MAX_INSTANCES = 64;

/** The weights of RFC 6298, which has the same question: when is a reply overdue? */
const MEAN_WEIGHT = 1 / 8;
const DEVIATION_WEIGHT = 1 / 4;
const DEVIATIONS = 4;

export function createHedging(): Hedging {
  /** The last to reply is the last. */
  const instances = new Set<string>();
  let last: string | undefined;
  let mean: number | undefined;
  let deviation = 0;
  let tokens = BURST;

  return {
    get delayMs() {
      return mean === undefined ? FIRST_DELAY_MS : Math.max(MIN_DELAY_MS, mean + DEVIATIONS * deviation);
    },
    observe(durationMs, instance) {
      deviation =
        mean === undefined
          ? durationMs / 2
          : deviation + DEVIATION_WEIGHT * (Math.abs(durationMs - mean) - deviation);
      mean = mean === undefined ? durationMs : mean + MEAN_WEIGHT * (durationMs - mean);
      if (instance === undefined || instance === last) return;
      last = instance;
      instances.delete(instance);
      instances.add(instance);
      const [silent] = instances;
      if (instances.size > MAX_INSTANCES && silent !== undefined) instances.delete(silent);
    },
    countRequest() {
      tokens = Math.min(BURST, tokens + SHARE);
    },
    take() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    giveBack() {
      tokens = Math.min(BURST, tokens + 1);
    },
    lastReplied: (except) =>
      except ? [...instances].reverse().find((instance) => !except.has(instance)) : last,
    forget(instance) {
      instances.delete(instance);
      last = [...instances].at(-1);
    },
  };
}
