import { createClosers } from '@admit-one/runtime';
import { LENIENT } from '../../stack/stack.ts';
import type { Bench } from '../bench.ts';
import { startAdmitOne } from '../contestants/start-admit-one.ts';
import { type Figure, figureOf, ratiosOf } from '../report/figures.ts';
import { closedLoops, costsOf } from './closed-loop.ts';

/** What an admission costs with the limits that are on by default, beside one without any. */
export async function measureLimits(bench: Bench): Promise<readonly Figure[]> {
  const closers = createClosers();
  try {
    const on = await startAdmitOne(bench.setting);
    closers.add('on', on.stop);
    const off = await startAdmitOne(bench.setting, { variables: LENIENT });
    closers.add('off', off.stop);
    const loops = await closedLoops([on, off], ['limits on', 'limits off'], bench);
    const [withLimits = [], without = []] = loops.map(costsOf);
    const place = { measure: 'limits', what: 'CPU per admission' } as const;
    return [
      figureOf({ ...place, of: 'on', unit: 'µs' }, withLimits),
      figureOf({ ...place, of: 'off', unit: 'µs' }, without),
      figureOf({ ...place, of: 'on/off', unit: '×' }, ratiosOf(withLimits, without)),
    ];
  } finally {
    await closers.close();
  }
}
