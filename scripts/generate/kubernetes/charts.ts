import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adapterChartValues,
  natsChartValues,
  valkeyChartValues,
} from '../../../deploy/kubernetes/src/charts.ts';
import { namespace } from '../../../deploy/kubernetes/src/namespace.ts';
import type { GeneratedFile } from '../generated-files.ts';
import { yamlFile } from './yaml.ts';

/** What comes before the services: the namespace, and values for the charts of others. */
export const chartFiles: readonly GeneratedFile[] = [
  { file: 'deploy/kubernetes/namespace.yaml', render: () => yamlFile(namespace()) },
  { file: 'deploy/kubernetes/charts/nats.yaml', render: () => yamlFile(natsChartValues()) },
  {
    file: 'deploy/kubernetes/charts/valkey.yaml',
    render: (root) => yamlFile(valkeyChartValues(redisSettings(root))),
  },
  {
    file: 'deploy/kubernetes/charts/prometheus-adapter.yaml',
    render: () => yamlFile(adapterChartValues()),
  },
];

/** The settings of `deploy/redis/redis.conf`. Its port is the chart's. */
function redisSettings(root: string): string {
  return readFileSync(join(root, 'deploy/redis/redis.conf'), 'utf8')
    .split('\n')
    .filter((line) => /^[a-z]/.test(line) && !line.startsWith('port '))
    .map((line) => `${line}\n`)
    .join('');
}
