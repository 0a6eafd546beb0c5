import type { LoadTarget } from '../client/endpoint.ts';

/** Who is measured, and what each is called. */
export const contestants = {
  a: 'bare ws',
  b: 'ws, JWT at each upgrade',
  c: 'home-made tickets',
  d: 'Admit One',
} as const;

export type ContestantId = keyof typeof contestants;

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
  readonly processes: readonly Counted[];
  /** Resolves when nothing is left to do for the admissions so far, which were so many. */
  settled(admissions: number): Promise<void>;
  stop(): Promise<void>;
}

/** What every contestant is started with. */
export interface Setting {
  /** Where the bundles of this folder's programs are. */
  readonly programs: string;
  /** The project's own folder. */
  readonly root: string;
  /** Environment of those that check tokens. */
  readonly identity: Readonly<Record<'JWT_ISSUER' | 'JWT_AUDIENCE' | 'JWT_JWKS', string>>;
  readonly logLevel: string;
  /** Environment of our services that says which traces they export, and where to. */
  readonly tracing: Readonly<Record<string, string>>;
  /** Options of Node for the server of that name. */
  readonly nodeOptions: (server: string) => readonly string[];
}
