import { describe, expect, it } from 'vitest';
import { createClosers } from './lifecycle.ts';

describe('closers', () => {
  it('close in reverse order, one after the other', async () => {
    const steps: string[] = [];
    const closers = createClosers();
    for (const name of ['store', 'bus', 'server'])
      closers.add(name, async () => {
        steps.push(`${name} closes`);
        await Promise.resolve();
        steps.push(`${name} is closed`);
      });
    await closers.close();
    expect(steps).toEqual([
      'server closes',
      'server is closed',
      'bus closes',
      'bus is closed',
      'store closes',
      'store is closed',
    ]);
  });

  it('continue past errors, and report all of them by name', async () => {
    const closed: string[] = [];
    const closers = createClosers();
    closers.add('store', () => closed.push('store'));
    closers.add('bus', () => Promise.reject(new Error('already gone')));
    closers.add('server', () => {
      throw new Error('still busy');
    });
    await expect(closers.close()).rejects.toThrow('server: still busy; bus: already gone');
    expect(closed).toEqual(['store']);
  });

  it('close once, however often they are asked', async () => {
    let closed = 0;
    const closers = createClosers();
    closers.add('store', () => {
      closed += 1;
    });
    await Promise.all([closers.close(), closers.close()]);
    await closers.close();
    expect(closed).toBe(1);
  });

  it('tell each how long it may wait for others', async () => {
    const told: unknown[] = [];
    const { signal } = new AbortController();
    const closers = createClosers();
    closers.add('bus', (signal) => told.push(signal));
    closers.add('server', (signal) => told.push(signal));
    await closers.close(signal);
    expect(told).toEqual([signal, signal]);
  });

  it('leave nothing behind of a start that fails half-way', async () => {
    const open = new Set<string>();
    async function start(): Promise<void> {
      const closers = createClosers();
      try {
        for (const name of ['store', 'bus', 'server']) {
          if (name === 'server') throw new Error('the port is taken');
          open.add(name);
          closers.add(name, () => open.delete(name));
        }
      } catch (error) {
        await closers.close();
        throw error;
      }
    }
    await expect(start()).rejects.toThrow('the port is taken');
    expect([...open]).toEqual([]);
  });
});
