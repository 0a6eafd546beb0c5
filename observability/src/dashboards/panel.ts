import type { AlertName } from '../alerts.ts';

/** Something to look at, as the dashboards' source says it: what it shows, and where to go from there. */
export interface Panel {
  readonly title: string;
  /** What an operator sees and what a bad value means: one or two sentences. */
  readonly shows: string;
  readonly kind: 'timeseries' | 'stacked' | 'stat' | 'bars' | 'table';
  /** A unit of Grafana. */
  readonly unit: 'short' | 'percentunit' | 's' | 'cps' | 'bytes' | 'ms' | 'none';
  /** No answer is below; 0 by default, null where there is no bound. */
  readonly min?: number | null;
  /** No answer is above. */
  readonly max?: number;
  /** From this value on it is shown in orange, or in red; below, in green. */
  readonly warnsAt?: number;
  readonly failsAt?: number;
  /** Low values are the bad ones: it is red below `failsAt` and orange below `warnsAt`. */
  readonly lowIsBad?: boolean;
  readonly queries: readonly Query[];
  /** The alerts that are about it; it links to their runbooks. */
  readonly alerts: readonly AlertName[];
  readonly ask: Ask;
  /** Columns of a table that are shares: from 0 to 1, shown in per cent. */
  readonly shares?: readonly string[];
  /** In units of Grafana's grid: 4 for a `stat`, 8 for any other, unless it says more. */
  readonly height?: number;
  /** Of the 24 columns of a row. */
  readonly span: number;
}

export type Query =
  | { readonly expr: string; readonly legend: string }
  /** A query of the PostgreSQL data source: a table, or a series for each `metric`. */
  | { readonly sql: string; readonly format: 'table' | 'time_series' };

/** What to ask next for the events behind a panel. */
export interface Ask {
  /** A command line of `admit`. */
  readonly command: string;
  /** The same question to the audit API: its path and query. */
  readonly api?: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface DashboardSource {
  /** Of its file and its URL in Grafana: `admit-<name>`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
  readonly source: 'prometheus' | 'postgres';
  /** Shows a choice of edges, as the variable `edge`. */
  readonly byEdge?: boolean;
}
