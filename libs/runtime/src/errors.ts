/** Something that keeps a process from starting and that its operator can mend. Shown without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartError';
  }
}

/** Everything that is wrong with the environment, found in one go. */
export class ConfigError extends StartError {
  readonly issues: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is not usable:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.issues = faults;
  }
}

/**
 * Opens what a variable says where to find.
 * @throws {StartError} that names the variable, where its value is refused with a `TypeError`
 */
export async function openFrom<Opened>(
  variable: string,
  open: () => Opened | Promise<Opened>,
): Promise<Opened> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof TypeError) throw new StartError(`${variable}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** An unknown thrown value as a line for people. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
