import type { ClosedLoop } from './closed-loop.ts';
import type { Gathering } from './open-connections.ts';
import type { OpenLoop } from './open-loop.ts';
import type { Visits } from './visit.ts';

/** What the client's process does, and what it reports. */
export interface LoadGenerator {
  closedLoop(loop: ClosedLoop): Promise<Visits>;
  openLoop(loop: OpenLoop): Promise<Visits>;
  gather(gathering: Gathering): Promise<void>;
  /** How many of those gathered are still there. */
  count(): Promise<number>;
  disperse(): Promise<void>;
}

/** An order on its way to the process. */
export interface Command {
  readonly name: keyof LoadGenerator;
  readonly argument: unknown;
}

/** What became of the order before. */
export type Outcome = { readonly result: unknown } | { readonly fault: string };
