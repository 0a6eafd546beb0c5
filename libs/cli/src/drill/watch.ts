import { setTimeout as sleep } from 'node:timers/promises';
import { ServerRejection } from '../http/http-errors.ts';
import { attempt, type ProbeTarget } from '../probe/attempt.ts';
import { ClosedEarly } from '../probe/probe-socket.ts';
import type { ProbeFailure } from '../probe/stages.ts';
import type { AuditLogChecks } from './audit-log-checks.ts';
import type { HeldConnection } from './held-connections.ts';
import type { NewConnection } from './record.ts';

/** Sees what users see, and prints it, once a second. */
export interface Watch {
  readonly attempts: readonly NewConnection[];
  /** The alerts that began to fire. */
  readonly fired: ReadonlySet<string>;
  /** Milliseconds since it was made. */
  nowMs(): number;
  print(text: string): void;
  /** Watches until it is over, or interrupted. */
  until(isOver: () => boolean): Promise<void>;
}

export interface WatchOptions {
  readonly target: ProbeTarget;
  readonly audit: AuditLogChecks | null;
  readonly held: readonly HeldConnection[];
  /** The alerts that fire already. */
  readonly firing: readonly string[];
  readonly write: (line: string) => void;
  readonly interrupted: AbortSignal;
}

const EVERY_MS = 1_000;
/** How many seconds from one look at the alerts to the next. */
const ALERTS_EVERY = 5;

export function createWatch(options: WatchOptions): Watch {
  const { target, audit, held, firing, write, interrupted } = options;
  const startedAt = performance.now();
  const attempts: NewConnection[] = [];
  const fired = new Set<string>();
  const nowMs = () => performance.now() - startedAt;
  const print = (text: string, atMs = nowMs()) =>
    write(`${`+${(atMs / 1_000).toFixed(1)}`.padStart(6)} s  ${text}`);

  async function connect(): Promise<NewConnection> {
    const atMs = nowMs();
    const { failure, ticket } = await attempt(target);
    const tookMs = nowMs() - atMs;
    return failure
      ? { atMs, tookMs, ticketId: null, code: codeOf(failure) }
      : { atMs, tookMs, ticketId: ticket?.ticketId ?? null, code: null };
  }

  async function lookAtAlerts(): Promise<void> {
    const now = (await audit?.firing().catch(() => [])) ?? [];
    for (const name of now.filter((name) => !firing.includes(name) && !fired.has(name))) {
      fired.add(name);
      print(`the alert ${name} fires`);
    }
  }

  return {
    attempts,
    fired,
    nowMs,
    print,
    async until(isOver) {
      for (let second = 1; !isOver() && !interrupted.aborted; second += 1) {
        const nextMs = nowMs() + EVERY_MS;
        if (second % ALERTS_EVERY === 0) void lookAtAlerts();
        const [made] = await Promise.all([connect(), ...held.map(({ check }) => check())]);
        attempts.push(made);
        const open = held.filter(({ isOpen }) => isOpen).length;
        print(`new connection ${resultText(made)}; open connections: ${open} of ${held.length}`, made.atMs);
        const restMs = Math.max(0, nextMs - nowMs());
        await sleep(restMs, undefined, { signal: interrupted }).catch(() => {});
      }
    },
  };
}

function codeOf({ cause }: ProbeFailure): string | null {
  return (cause instanceof ServerRejection || cause instanceof ClosedEarly ? cause.publicCode : null) ?? null;
}

function resultText({ ticketId, code, tookMs }: NewConnection): string {
  const after = `${Math.round(tookMs)} ms`;
  if (ticketId !== null) return `admitted in ${after}`;
  return code === null ? `failed after ${after}, without a reason` : `rejected with ${code} after ${after}`;
}
