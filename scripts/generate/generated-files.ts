import { dashboards } from '../../observability/src/dashboards/index.ts';
import { alertFiles } from './alert-files.ts';
import { alertsPage } from './alerts-page.ts';
import { clientGuide } from './client-guide.ts';
import { configurationPage } from './configuration-page.ts';
import { dashboardFile } from './dashboards/render-dashboard.ts';
import { natsConfig, redisUsersFile } from './engine-access.ts';
import { renderAsyncApi, renderEventsPage } from './event-documents.ts';
import { chartFiles } from './kubernetes/charts.ts';
import { helmFiles } from './kubernetes/helm.ts';
import { kustomizeFiles } from './kubernetes/kustomize.ts';
import { logsPage } from './logs-page.ts';
import { metricsPage } from './metrics-page.ts';
import { ocsfPage } from './ocsf-page.ts';
import { publicCodesSource } from './public-codes.ts';
import { reasonsPage } from './reasons-page.ts';

/** A file that is made of the code, or has parts that are. */
export interface GeneratedFile {
  /** Its path in the repository. */
  readonly file: string;
  /** The whole file as it should be. */
  render(root: string): string;
}

export const generatedFiles: readonly GeneratedFile[] = [
  { file: 'docs/configuration.md', render: configurationPage },
  { file: 'docs/events.md', render: renderEventsPage },
  { file: 'docs/asyncapi.json', render: renderAsyncApi },
  { file: 'docs/reasons.md', render: reasonsPage },
  { file: 'docs/metrics.md', render: metricsPage },
  { file: 'docs/logs.md', render: logsPage },
  { file: 'docs/ocsf.md', render: ocsfPage },
  { file: 'docs/client.md', render: clientGuide },
  { file: 'docs/alerts.md', render: alertsPage },
  { file: 'libs/client/src/public-codes.ts', render: publicCodesSource },
  { file: 'deploy/nats/nats.conf', render: natsConfig },
  { file: 'deploy/redis/users.acl', render: redisUsersFile },
  ...alertFiles,
  ...kustomizeFiles,
  ...helmFiles,
  ...chartFiles,
  ...dashboards.map(dashboardFile),
];
