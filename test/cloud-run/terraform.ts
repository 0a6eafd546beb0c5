import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import type { Variables } from '../stack/stack.ts';

export const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'deploy/cloud-run');

/** A block: its arguments, and the blocks in it, each of which is in a list. Expressions are text in `${}`. */
export type Block = Readonly<Record<string, unknown>>;

export interface Terraform {
  readonly locals: readonly Block[];
  readonly variable: Readonly<Record<string, readonly Block[]>>;
  /** By type and name. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, readonly Block[]>>>>;
}

/** `deploy/cloud-run`, parsed. */
export async function readTerraform(): Promise<Terraform> {
  const files = await Promise.all(
    readdirSync(folder).map((file) => parse(file, readFileSync(join(folder, file), 'utf8'))),
  );
  return {
    locals: files.flatMap(({ locals = [] }) => locals as Block[]),
    variable: Object.assign({}, ...files.map(({ variable }) => variable)),
    resource: Object.assign({}, ...mergedResources(files as readonly Partial<Terraform>[])),
  };
}

/** A type may be in several files. */
function mergedResources(files: readonly Partial<Terraform>[]): readonly Partial<Terraform['resource']>[] {
  const types = new Set(files.flatMap(({ resource = {} }) => Object.keys(resource)));
  return [...types].map((type) => ({
    [type]: Object.assign({}, ...files.map(({ resource }) => resource?.[type])),
  }));
}

export type ServiceName = 'ticket-service' | 'ws-edge' | 'audit-service';

export interface CloudRunService {
  readonly port: number;
  readonly metrics_port: number;
  readonly secrets: readonly string[];
  readonly env: Variables;
}

/** What a first plan could know of expressions, with examples for the variables of the operator. */
const examples: Readonly<Record<string, string>> = {
  'var.frontend_origins': 'https://app.example.com',
  'var.jwt_issuer': 'https://login.example.com/',
  'var.jwt_audience': 'my-app',
  'var.operator_issuer': 'https://login.example.com/',
  'google_compute_global_address.admit.address': '203.0.113.10',
};

/** The services of `deploy/cloud-run/services.tf`, without expressions. */
export function servicesOf({ locals }: Terraform): Readonly<Record<ServiceName, CloudRunService>> {
  const all: Block = Object.assign({}, ...locals);
  const resolve = (text: string): string =>
    text.replaceAll(/\$\{([\w.]+)\}/g, (_, name: string) => {
      const value = name.startsWith('local.') ? all[name.slice('local.'.length)] : examples[name];
      if (typeof value !== 'string') throw new Error(`${name} is not known`);
      return resolve(value);
    });
  return JSON.parse(JSON.stringify(all.services), (_, value) =>
    typeof value === 'string' ? resolve(value) : value,
  );
}
