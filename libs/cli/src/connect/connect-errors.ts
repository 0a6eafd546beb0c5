import type { CommandError } from '../exit-codes.ts';

/** The last thing that went wrong on the way to a connection, in words. The client itself tells codes alone. */
export interface ConnectErrors {
  note(fault: CommandError): void;
  last(): CommandError | undefined;
  clear(): void;
}

export function createConnectErrors(): ConnectErrors {
  let last: CommandError | undefined;
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
