/** The built files of the console. */
export interface ConsoleFiles {
  readonly html: string;
  /** Contents by names, which have a hash: each never changes. */
  readonly assets: Readonly<Record<string, string>>;
}

declare const ADMIT_ONE_CONSOLE: ConsoleFiles | undefined;

/** The console that the bundler has inserted; null if the sources run unbundled. */
export const builtInConsole: ConsoleFiles | null =
  typeof ADMIT_ONE_CONSOLE === 'object' ? ADMIT_ONE_CONSOLE : null;
