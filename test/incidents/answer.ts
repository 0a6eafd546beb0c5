import { eventually } from '@admit-one/testkit';
import { expect } from 'vitest';
import { admit } from '../stack/admit.ts';
import type { Stack } from '../stack/stack.ts';

/**
 * Waits until one command prints this sentence as its first line, and gives all that it prints.
 * @param command such as `why u7lqBqkCwD`, without `admit`
 */
export async function expectAnswer(
  stack: Pick<Stack, 'audit' | 'operatorToken'>,
  command: string,
  sentence: string | RegExp,
  { timeoutMs }: { readonly timeoutMs?: number } = {},
): Promise<string> {
  const ask = async () => {
    const { stdout, stderr } = await admit(stack, command.split(' ')).ended;
    const [first] = stdout.split('\n');
    if (typeof sentence === 'string') expect(first, stderr).toBe(sentence);
    else expect(first, stderr).toMatch(sentence);
    return stdout;
  };
  return eventually(ask, { what: `the answer of admit ${command}`, timeoutMs, everyMs: 100 });
}
