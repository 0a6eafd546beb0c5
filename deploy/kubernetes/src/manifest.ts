import type { Feature } from './settings.ts';

/** The parts that every Kubernetes object has. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

/** An object of an installation, and when it is part of it. */
export interface Manifest {
  /** The file that it is in, without its ending. */
  readonly file: string;
  readonly object: KubernetesObject;
  readonly when?: Feature;
  readonly unless?: Feature;
}

export const PART_OF = { 'app.kubernetes.io/part-of': 'admit-one' } as const;

/** An installation is one namespace, so that its names need no prefix. */
export interface Installation {
  /** Undefined where kustomize adds it. */
  readonly namespace: string | undefined;
}

export function metadata(name: string, { namespace }: Installation, service = name) {
  return { name, namespace, labels: { 'app.kubernetes.io/name': service, ...PART_OF } };
}

/** An object of the whole installation. */
export function sharedMetadata(name: string, { namespace }: Installation) {
  return { name, namespace, labels: { ...PART_OF } };
}

/** A pod that runs as this user and group, within the Pod Security Standard `restricted`. */
export function restrictedPod(user: number) {
  return {
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    seccompProfile: { type: 'RuntimeDefault' },
  } as const;
}

/** The same standard for each of its containers, which write to their volumes alone. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** The pods of a service, and those of the chart of an engine. */
export function podsOf(name: string) {
  return { matchLabels: { 'app.kubernetes.io/name': name } };
}

/** The namespace of the kustomizations. */
export const NAMESPACE = 'admit-one';
