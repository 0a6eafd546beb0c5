import type { LoadTarget } from '../client/endpoint.ts';

/** Who is measured, and what each is called. */
export const contestants = {
  a: 'bare ws',
  b: 'ws, JWT at each upgrade',
  c: 'home-made tickets',
  'd-echo': 'Admit One, on an echo route',
  'd-bridge': 'Admit One, on a bridge route',
  standalone: 'Admit One in one process, audit log included, on an echo route',
  'no-audit': 'the same without the ingest of the audit log',
  colyseus: 'Colyseus, a seat in a room',
  'socket.io': 'Socket.IO, JWT at each connect',
  'before-echo': 'the build of --against, on an echo route',
  'before-bridge': 'the build of --against, on a bridge route',
} as const;

export type ContestantId = keyof typeof contestants;

/** Whether it takes part only where an earlier build is given to compare with. */
export function isEarlierBuild(id: ContestantId): boolean {
  return id.startsWith('before-');
}

/** One of the processes that a contestant is made of, with all of its children. */
export interface Counted {
  readonly name: string;
  readonly pid: number;
  /** Whether its CPU belongs to the total: that of anyone who reads the audit log does not. */
  readonly inTotal: boolean;
}

/** A contestant at work. */
export interface Contestant {
  readonly id: ContestantId;
  readonly endpoint: LoadTarget;
  /** Others alike, where it has several instances. */
  readonly moreEndpoints?: readonly LoadTarget[];
  readonly processes: readonly Counted[];
  /** Resolves when nothing is left to do for the admissions so far, which were so many. */
  settled(admissions: number): Promise<void>;
  /** What its event stream holds, where it has one. */
  readonly streamBytes?: () => Promise<number>;
  stop(): Promise<void>;
}

/** What every contestant is started with. */
export interface Setting {
  /** Where the bundles of this folder's programs are. */
  readonly programs: string;
  /** The project's own folder. */
  readonly root: string;
  /** A build of the ticket-service to use in place of the project's own. */
  readonly ticketService?: string;
  /** The folder of the build of `--against`. */
  readonly earlierRoot: string | undefined;
  /** Environment of those that check tokens. */
  readonly identity: Readonly<Record<'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_JWKS', string>>;
  readonly logLevel: string;
  /** Environment of our services that says which traces they export, and where to. */
  readonly tracing: Readonly<Record<string, string>>;
  /** Options of Node for the server of that name. */
  readonly nodeOptions: (server: string) => readonly string[];
}
