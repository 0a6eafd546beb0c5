import type { KubernetesObject } from '../../deploy/kubernetes/src/manifest.ts';

/** The packages with the types and schemas of custom resources, by API group. Other groups are Kubernetes' own. */
const packages: Readonly<Record<string, string>> = {
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api',
  'keda.sh': '@kubernetes-models/keda',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator',
  'networking.gke.io': '@kubernetes-models/gke',
};

/** Custom resources that no package has: Google's managed Prometheus. */
const WITHOUT_MODEL = 'monitoring.googleapis.com';

interface Model {
  /** @throws {Error} where the object does not keep the schema */
  validate(): void;
}

/** The module with the type and the schema of an object. Undefined where no package has them. */
export function moduleOf({ apiVersion, kind }: KubernetesObject): string | undefined {
  const [group = ''] = apiVersion.split('/');
  if (group === WITHOUT_MODEL) return undefined;
  return `${packages[group] ?? 'kubernetes-models'}/${apiVersion}/${kind}`;
}

/** An object as its model, which can validate it. */
export async function modelOf(object: KubernetesObject): Promise<Model> {
  const module = await import(`${moduleOf(object)}`);
  return new module[object.kind](object);
}
