import type { INamespace } from 'kubernetes-models/v1/Namespace';
import { NAMESPACE, PART_OF } from './manifest.ts';

/** Is there before the Secrets are, so it is part of neither kustomizations nor chart. */
export function namespace() {
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { ...PART_OF, ...restricted } },
  } satisfies INamespace;
}
