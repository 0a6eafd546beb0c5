import { missingEngines } from '@admit-one/testkit';
import { describe } from 'vitest';
import { startClustered } from '../stack/clusters.ts';
import { describeOn } from './suite.ts';

const missing = missingEngines('redis', 'nats', 'postgres');

describe.each(['cluster', 'sentinel'] as const)('on a cluster of NATS and a %s of Redis', (redis) => {
  describeOn({ missing, start: (variables = {}) => startClustered({ redis, variables }) });
});
