import { stringify } from 'yaml';

export const GENERATED = '# Generated from deploy/kubernetes/src by npm run generate.\n';

export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A file with these documents. */
export function yamlFile(...documents: readonly unknown[]): string {
  return GENERATED + documents.map(toYaml).join('---\n');
}
