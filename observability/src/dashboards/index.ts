import { admissions } from './admissions.ts';
import { auditLog } from './audit-log.ts';
import { edgeDashboard } from './edge.ts';
import { migration } from './migration.ts';
import { overview } from './overview.ts';
import type { DashboardSource } from './panel.ts';
import { pipeline } from './pipeline.ts';

export const dashboards: readonly DashboardSource[] = [
  overview,
  admissions,
  edgeDashboard,
  pipeline,
  migration,
  auditLog,
];
