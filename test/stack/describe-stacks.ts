import { describe } from 'vitest';
import { type StackKind, stacks } from './stacks.ts';

/** Tells the same stories of every stack; one that cannot run here is skipped, with the reason in its name. */
export function describeStacks(what: string, tell: (kind: StackKind) => void): void {
  for (const kind of stacks)
    describe.skipIf(kind.missing !== undefined)(`${what} on ${kind.name}`, () => tell(kind));
}
