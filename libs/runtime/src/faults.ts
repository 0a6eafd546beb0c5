/** Something that keeps a process from starting and that its operator can mend. Shown without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** Everything that is wrong with the environment, found in one go. */
export class ConfigError extends StartError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** An unknown thrown value as a line for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
