import { alertmanagerConfiguration, cloudMonitoringPolicies, ruleGroups } from '@admit-one/observability';
import { stringify } from 'yaml';
import type { GeneratedFile } from './generated-files.ts';

/** The alerts for targets other than Kubernetes, made of the table in `observability/src/alerts.ts`. */
export const alertFiles: readonly GeneratedFile[] = [
  yamlFile('observability/alerts/admit-one.yml', () => ({ groups: ruleGroups() })),
  yamlFile('observability/alertmanager/alertmanager.yml', alertmanagerConfiguration),
  {
    file: 'observability/cloud-monitoring/alert-policies.tf.json',
    render: () => `${JSON.stringify(cloudMonitoringPolicies(), null, 2)}\n`,
  },
];

const GENERATED = '# Generated from observability/src by npm run generate.\n';

function yamlFile(file: string, content: () => unknown): GeneratedFile {
  return {
    file,
    render: () => GENERATED + stringify(content(), { lineWidth: 0, aliasDuplicateObjects: false }),
  };
}
