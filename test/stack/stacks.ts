import { missingEngines } from '@admit-one/testkit';
import { startEmbedded } from './embedded.ts';
import { startServices } from './services.ts';
import type { Stack, Variables } from './stack.ts';

export interface StackKind {
  readonly name: string;
  /** Why it cannot run here, or undefined. */
  readonly missing: string | undefined;
  start(variables?: Variables): Promise<Stack>;
}

const missing = missingEngines('redis', 'nats', 'postgres');

/** Every stack that the end-to-end tests run on. */
export const stacks: readonly StackKind[] = [
  { name: 'embedded engines', missing: undefined, start: startEmbedded },
  {
    name: missing === undefined ? 'real engines' : `real engines (skipped: ${missing})`,
    missing,
    start: (variables) => startServices(variables ? { variables } : {}),
  },
];
