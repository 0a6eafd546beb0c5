import type { CommandFault } from '../exit-codes.ts';

/** The last thing that went wrong on the way to a connection, in words. The client itself tells codes alone. */
export interface Faults {
  note(fault: CommandFault): void;
  last(): CommandFault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let last: CommandFault | undefined;
  return {
    note(fault) {
      last = fault;
    },
    last: () => last,
    clear() {
      last = undefined;
    },
  };
}
