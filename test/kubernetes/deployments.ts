import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { Variables } from '../stack/stack.ts';

export function containerOf(deployment: IDeployment): IContainer {
  const container = deployment.spec?.template.spec?.containers[0];
  if (!container) throw new Error(`${deployment.metadata?.name} has no container`);
  return container;
}

/** What a pod gets, apart from its Secret. */
export function environmentOf(deployment: IDeployment): Variables {
  return Object.fromEntries((containerOf(deployment).env ?? []).map(({ name, value = '' }) => [name, value]));
}
