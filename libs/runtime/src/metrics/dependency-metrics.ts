import { serviceNames } from '@admit-one/core';
import { dependencyNames } from '../dependency-names.ts';
import type { Catalogue } from './metric-row.ts';

/** Whether a process can reach what it depends on. Only for what it uses: an embedded engine has no series. */
export const dependencyMetrics = {
  admit_dependency_up: {
    kind: 'gauge',
    unit: '1',
    description:
      'Whether the process can reach a dependency (1) or not (0); `issuer_keys` from the first fetch, and 0 while those of any issuer cannot be fetched',
    labels: { dependency: dependencyNames },
    services: serviceNames,
  },
  admit_dependency_changed_timestamp_seconds: {
    kind: 'gauge',
    unit: 's',
    description: 'When the process last lost or found a dependency, or began to look for it',
    labels: { dependency: dependencyNames },
    services: serviceNames,
  },
} as const satisfies Catalogue;
