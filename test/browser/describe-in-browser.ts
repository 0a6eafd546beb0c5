import { type EngineName, missingEngines } from '@admit-one/testkit';
import { describe } from 'vitest';

/** Tells of a browser, and of engines where it names them; what cannot run here is skipped, with the reason in its name. */
export function describeInBrowser(what: string, engines: readonly EngineName[], tell: () => void): void {
  const missing = missingEngines('chromium', ...engines);
  describe.skipIf(missing !== undefined)(
    missing === undefined ? what : `${what} (skipped: ${missing})`,
    tell,
  );
}
