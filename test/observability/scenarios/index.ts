import { admissions } from './admissions.ts';
import { auditLog } from './audit-log.ts';
import { clients } from './clients.ts';
import { edges } from './edges.ts';
import { engines } from './engines.ts';
import { failing } from './failures.ts';
import { DAYS, type Scenario, SLOW } from './scenario.ts';

const nothing: Scenario = {
  title: 'normal traffic for nine days',
  intervalSeconds: SLOW,
  changes: [],
  checks: [[9 * DAYS, []]],
};

export const scenarios: readonly Scenario[] = [
  nothing,
  ...failing,
  ...admissions,
  ...engines,
  ...auditLog,
  ...edges,
  ...clients,
];
