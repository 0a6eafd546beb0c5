import { missingEngines } from '@admit-one/testkit';
import { describe } from 'vitest';

const missing = missingEngines('redis', 'nats', 'postgres');

/** Outages need engines that can fail: without them the suite is skipped, with the reason in its name. */
export function describeFaults(what: string, tell: () => void): void {
  const name = missing === undefined ? what : `${what} (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(name, tell);
}
