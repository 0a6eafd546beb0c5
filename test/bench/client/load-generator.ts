import type { ClosedLoop } from './closed-loop.ts';
import type { Gathering } from './open-connections.ts';
import type { OpenLoop } from './open-loop.ts';
import type { RequestLoop } from './request-loop.ts';
import type { Visits } from './visit.ts';

/** The client's process: what it can be told to do, and what it reports. */
export interface LoadGenerator {
  closedLoop(loop: ClosedLoop): Promise<Visits>;
  openLoop(loop: OpenLoop): Promise<Visits>;
  requestLoop(loop: RequestLoop): Promise<Readonly<Record<string, number>>>;
  gather(gathering: Gathering): Promise<void>;
  /** How many of those gathered are still there. */
  count(): Promise<number>;
  disperse(): Promise<void>;
}

/** A command on its way to the process. */
export interface Command {
  readonly name: keyof LoadGenerator;
  readonly argument: unknown;
}

/** The outcome of the last command. */
export type CommandOutcome = { readonly result: unknown } | { readonly failure: string };
