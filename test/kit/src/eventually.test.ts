import { describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('gives what the assertion returned, once it holds', async () => {
    let tries = 0;
    const result = await eventually(
      () => {
        tries += 1;
        if (tries < 3) throw new Error('too early');
        return `after ${tries} tries`;
      },
      { what: 'the third try' },
    );
    expect(result).toBe('after 3 tries');
  });

  it('takes false as not yet', async () => {
    let tries = 0;
    await eventually(() => ++tries === 2, { what: 'the second try' });
    expect(tries).toBe(2);
  });

  it('says what it waited for and how the last try failed', async () => {
    const waiting = eventually(() => expect(1).toBe(2), { what: 'equality', timeoutMs: 30 });
    await expect(waiting).rejects.toThrow(
      /^equality: not within 30 ms, in \d+ tries\. The last one: .*1 to be 2/,
    );
  });

  it('stops a try that never ends', async () => {
    const waiting = eventually(() => new Promise(() => {}), { what: 'an answer', timeoutMs: 30 });
    await expect(waiting).rejects.toThrow(/^an answer: not within 30 ms, in 1 tries/);
  });

  it('says how the try before one that never ends failed', async () => {
    let tries = 0;
    const assertion = () => (++tries === 1 ? expect(1).toBe(2) : new Promise(() => {}));
    const waiting = eventually(assertion, { what: 'equality', timeoutMs: 1_000 });
    await expect(waiting).rejects.toThrow(
      /^equality: not within 1000 ms, in 2 tries\. The last one: .*1 to be 2/,
    );
  });
});
