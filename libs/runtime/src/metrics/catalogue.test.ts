import { expect, test } from 'vitest';
import { metricGroups, metrics } from './catalogue.ts';

test('every metric is in one group of the documents', () => {
  const grouped = metricGroups.flatMap((group) => Object.keys(group.metrics));
  expect(grouped.sort()).toEqual(Object.keys(metrics).sort());
});
