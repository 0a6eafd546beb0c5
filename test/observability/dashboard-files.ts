import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '..', 'observability', 'dashboards');

/** What we read of the JSON that Grafana imports. */
export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelFile[];
  readonly templating: { readonly list: readonly VariableFile[] };
}

export interface PanelFile {
  readonly type: 'row' | 'timeseries' | 'stat' | 'bargauge' | 'table';
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly targets?: readonly TargetFile[];
  readonly fieldConfig?: {
    readonly defaults: FieldFile & {
      readonly custom?: { readonly stacking?: { readonly mode: string } };
    };
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
}

export interface FieldFile {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly thresholds?: {
    readonly steps: readonly { readonly value: number | null; readonly color: string }[];
  };
}

export interface TargetFile {
  readonly refId: string;
  /** Of Prometheus. */
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  /** Of PostgreSQL. */
  readonly rawSql?: string;
  readonly format?: string;
}

export interface VariableFile {
  readonly name: string;
  readonly type: string;
  readonly query?: string;
  readonly allValue?: string;
  readonly current?: { readonly value: string };
}

/** The dashboards as they are committed. */
export function readDashboards(): readonly DashboardFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}
