import { describe, onTestFinished, test } from 'vitest';

/** The tests of a contract that an adapter does not pass: each by its name, with the reason. */
export type Skips = Readonly<Record<string, string>>;

/** Promises of a port, each with the test that it is kept. `Subject` is what a test is given to try it on. */
export type ContractTests<Subject> = Readonly<Record<string, (subject: Subject) => Promise<void>>>;

export interface Contract<Subject> {
  readonly title: string;
  /** What an adapter must pass, by chapter. Names are unique in the whole contract: a skip refers to them. */
  readonly chapters: Readonly<Record<string, ContractTests<Subject>>>;
  readonly skips: Skips | undefined;
  /** Gives a test its subject. */
  readonly subject: () => Subject;
}

/**
 * Registers a contract's tests with vitest.
 * @throws {Error} where two tests share a name, or a skip names no test or gives no reason
 */
export function describeContract<Subject>({ title, chapters, skips = {}, subject }: Contract<Subject>): void {
  checkNames(Object.values(chapters).flatMap(Object.keys), skips);
  describe(title, () => {
    for (const [chapter, tests] of Object.entries(chapters)) {
      describe(chapter, () => {
        for (const [name, run] of Object.entries(tests)) {
          const reason = skips[name];
          test(name, reason === undefined ? () => run(subject()) : (context) => context.skip(reason));
        }
      });
    }
  });
}

/** Holds a contract's test names and an adapter's skips against each other. */
export function checkNames(names: readonly string[], skips: Skips): void {
  const known = new Set(names);
  const repeated = names.find((name, n) => names.indexOf(name) !== n);
  if (repeated !== undefined) throw new Error(`two tests have the name "${repeated}"`);
  for (const [name, reason] of Object.entries(skips)) {
    if (!known.has(name)) throw new Error(`there is no test to skip named "${name}"`);
    if (reason.trim() === '') throw new Error(`the skip of "${name}" gives no reason`);
  }
}

/** Wraps a way to open something, so that what a test opens is closed when the test is over. */
export function closedAfterTest<Options extends readonly unknown[], Opened>(
  open: (...options: Options) => Promise<Opened>,
  close: (opened: Opened) => Promise<void>,
): (...options: Options) => Promise<Opened> {
  return async (...options) => {
    const opened = await open(...options);
    onTestFinished(() => close(opened));
    return opened;
  };
}
