import type { Instance } from '@admit-one/audit-service/api-types';
import { expect, test } from 'vitest';
import { downDependencies, fleetSummary } from './fleet-summary.ts';

const at = '2026-01-31T12:00:00.000Z';
const nats = { name: 'nats', up: false, since: at };

function instance(state: Instance['state'], version: string | null, connections: number | null): Instance {
  const dependencies = [nats, { name: 'redis', up: true, since: at }];
  return {
    service: 'ws-edge',
    instance: `${state} ${version}`,
    state,
    heardAt: at,
    startedAt: at,
    version,
    connections,
    dependencies,
  };
}

test('a fleet is summed up', () => {
  const alive = instance('alive', '1.0.0', 1_200);
  expect(fleetSummary({ instances: [alive] })).toBe('1 instance alive, with 1,200 connections.');
  const others = [
    instance('alive', '1.1.0', 1),
    instance('silent', '0.9.0', 5),
    instance('stopped', null, null),
  ];
  expect(fleetSummary({ instances: [alive, ...others] })).toBe(
    '2 instances alive, with 1,201 connections. 1 instance fell silent without saying that it stops. They have 2 versions: 1.0.0, 1.1.0.',
  );
  expect(downDependencies(alive)).toEqual([nats]);
  expect(downDependencies(instance('silent', null, null))).toEqual([]);
});
