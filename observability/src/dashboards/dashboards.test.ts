import { metrics } from '@admit-one/runtime';
import { expect, test } from 'vitest';
import { alertNames } from '../alerts.ts';
import { dashboards } from './index.ts';

const panels = dashboards.flatMap(({ rows }) => rows.flatMap((row) => row.panels));
const queried = panels.flatMap(({ queries }) => queries.map((query) => ('expr' in query ? query.expr : '')));
const named = new Set(
  queried
    .map((expr) => expr.replace(/\bby \([^)]*\)/g, ''))
    .flatMap((expr) => expr.match(/\b(?:admit|http|nodejs|v8js)_\w+/g) ?? [])
    .map((name) => (name in metrics ? name : name.replace(/_(?:bucket|sum|count)$/, ''))),
);

test('every metric is on a panel, and panels ask for no other', () => {
  expect([...named].sort()).toEqual(Object.keys(metrics).sort());
});

test('every alert is linked from a panel', () => {
  expect([...new Set(panels.flatMap(({ alerts }) => alerts))].sort()).toEqual([...alertNames].sort());
});
