import { startEmbedded } from './embedded.ts';
import type { Stack, Variables } from './stack.ts';

export interface StackKind {
  readonly name: string;
  start(variables?: Variables): Promise<Stack>;
}

/** Every stack that the end-to-end tests run on. */
export const stacks: readonly StackKind[] = [{ name: 'embedded engines', start: startEmbedded }];
