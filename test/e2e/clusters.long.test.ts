import { missingEngines } from '@admit-one/testkit';
import { describe } from 'vitest';
import { startClustered } from '../stack/clusters.ts';
import { describeOn } from './suite.ts';

const missing = missingEngines('redis', 'nats', 'postgres');

describe('on clusters of NATS and Redis, and two of each service', () => {
  describeOn({ missing, start: (variables) => startClustered(variables ? { variables } : {}) });
});
