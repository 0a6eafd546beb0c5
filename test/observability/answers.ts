import type { SqlQueries } from '@admit-one/adapter-postgres';
import type { DashboardFile, TargetFile } from './dashboard-files.ts';
import { expand, type Shown } from './expand.ts';

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Unix seconds and value. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

export interface TableAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** What a data source answers to a target: series, or a table. */
export type Answer = { readonly series: readonly Series[] } | { readonly table: TableAnswer };

export interface DataSources {
  /** URL of Prometheus. */
  readonly prometheus: string;
  /** The audit log, as the role of the dashboards reads it. */
  readonly postgres: SqlQueries;
}

/** Asks what Grafana would ask for a target. @throws {Error} with the error of the data source */
export async function ask(
  sources: DataSources,
  dashboard: DashboardFile,
  target: TargetFile,
  shown: Shown,
): Promise<Answer> {
  if (target.rawSql !== undefined) {
    // The interval of its panels.
    const byMinute = { ...shown, stepSeconds: Math.max(60, shown.stepSeconds) };
    const rows = await sources.postgres.query<Row>(expand(target.rawSql, byMinute, dashboard));
    return target.format === 'table' ? { table: tableOf(rows) } : { series: seriesOfRows(rows) };
  }
  const query = expand(target.expr ?? '', shown, dashboard);
  const search = new URLSearchParams(
    target.instant
      ? { query, time: `${shown.to / 1000}` }
      : { query, start: `${shown.from / 1000}`, end: `${shown.to / 1000}`, step: `${shown.stepSeconds}` },
  );
  const path = target.instant ? 'query' : 'query_range';
  const result = await askPrometheus<readonly Sample[]>(sources.prometheus, `${path}?${search}`);
  return { series: result.map((sample) => seriesOf(sample, target.legendFormat ?? '')) };
}

/** The data of an answer of Prometheus' API. @throws {Error} with its error */
export async function askPrometheus<Result>(url: string, path: string): Promise<Result> {
  const reply = (await (await fetch(`${url}/api/v1/${path}`)).json()) as Reply<Result>;
  if (reply.status !== 'success') throw new Error(`${path}: ${reply.error}`);
  const data = reply.data as Result & { readonly result?: Result };
  return data.result ?? data;
}

interface Reply<Result> {
  readonly status: string;
  readonly error?: string;
  readonly data: Result | { readonly result: Result };
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

type Row = Readonly<Record<string, string | number | null>>;

function seriesOf({ metric, value, values }: Sample, legend: string): Series {
  const points = values ?? (value ? [value] : []);
  return {
    name: legend.replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? `{{${label}}}`),
    labels: metric,
    points: points.map(([time, text]) => [time, Number(text)]),
  };
}

function tableOf(rows: readonly Row[]): TableAnswer {
  const columns = Object.keys(rows[0] ?? {});
  return { columns, rows: rows.map((row) => columns.map((column) => cellOf(row[column] ?? null))) };
}

/** The driver gives `bigint` and `numeric` as text. */
function cellOf(value: string | number | null): string | number | null {
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** As the PostgreSQL data source makes series of rows: the column `metric` names each, the first number is its value. */
function seriesOfRows(rows: readonly Row[]): readonly Series[] {
  const byName = new Map<string, [number, number][]>();
  for (const { time, metric, ...rest } of rows) {
    const points = byName.get(String(metric)) ?? [];
    byName.set(String(metric), points);
    points.push([Number(time), Number(Object.values(rest)[0])]);
  }
  return [...byName].map(([name, points]) => ({ name, labels: {}, points }));
}
