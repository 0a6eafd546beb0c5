import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Dataquery as AnyQuery, Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  type DataSourceRef,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Panel as BuiltPanel,
  DashboardLinkBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DashboardSource, Panel, Query } from '../../../observability/src/dashboards/panel.ts';

/** The data source that the dashboard's variable names. */
export function dataSourceOf(source: DashboardSource['source']): DataSourceRef {
  const types = { prometheus: 'prometheus', postgres: 'grafana-postgresql-datasource' };
  return { type: types[source], uid: `\${datasource}` };
}

export function renderPanel(
  panel: Panel,
  id: number,
  source: DashboardSource['source'],
): Builder<BuiltPanel> {
  const builder = emptyPanel(panel)
    .id(id)
    .title(panel.title)
    .description(descriptionOf(panel))
    .datasource(dataSourceOf(source))
    .span(panel.span)
    .height(panel.height ?? (panel.kind === 'stat' ? 4 : 8))
    .unit(panel.unit)
    .thresholds(thresholdsOf(panel))
    .links(linksOf(panel))
    .targets(panel.queries.map((query, n) => targetOf(panel, query, String.fromCharCode(65 + n))));
  if (panel.min !== null) builder.min(panel.min ?? 0);
  if (panel.max !== undefined) builder.max(panel.max);
  // The audit log counts by the minute.
  if (source === 'postgres') builder.interval('1m');
  for (const name of panel.shares ?? []) builder.overrideByName(name, SHARE);
  return builder;
}

const SHARE = [
  { id: 'unit', value: 'percentunit' },
  { id: 'max', value: 1 },
];

/** The panel with what only its kind has. */
function emptyPanel({ kind }: Panel): TimeSeries | Stat | BarGauge | Table {
  switch (kind) {
    case 'timeseries':
      return timeSeries();
    case 'stacked':
      return timeSeries()
        .fillOpacity(40)
        .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
    case 'stat':
      return new Stat()
        .reduceOptions(lastValue())
        .colorMode(BigValueColorMode.Value)
        .graphMode(BigValueGraphMode.None);
    case 'bars':
      return new BarGauge()
        .reduceOptions(lastValue())
        .orientation(VizOrientation.Horizontal)
        .displayMode(BarGaugeDisplayMode.Basic);
    case 'table':
      return new Table();
    default:
      return kind satisfies never;
  }
}

function timeSeries(): TimeSeries {
  return new TimeSeries()
    .fillOpacity(8)
    .lineWidth(1)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
}

function targetOf(panel: Panel, query: Query, refId: string): Builder<AnyQuery> {
  if ('sql' in query) return sqlTarget(query.sql, query.format, refId);
  const target = new DataqueryBuilder().refId(refId).expr(query.expr).legendFormat(query.legend);
  if (panel.kind === 'table') return target.instant().format(PromQueryFormat.Table);
  return panel.kind === 'bars' || panel.kind === 'stat' ? target.instant() : target.range();
}

/** The SDK has no builder for the queries of the PostgreSQL data source. */
function sqlTarget(rawSql: string, format: 'table' | 'time_series', refId: string): Builder<AnyQuery> {
  const target = { refId, rawQuery: true, editorMode: 'code', format, rawSql };
  return { build: () => Object.assign(target, { _implementsDataqueryVariant() {} }) };
}

/** Colours say whether a value is good; a panel without limits has no opinion. */
function thresholdsOf({ warnsAt, failsAt, lowIsBad = false }: Panel): ThresholdsConfigBuilder {
  const bands = lowIsBad
    ? [
        { value: null, color: failsAt === undefined ? 'orange' : 'red' },
        { value: failsAt, color: 'orange' },
        { value: warnsAt, color: 'green' },
      ]
    : [
        { value: null, color: 'green' },
        { value: warnsAt, color: 'orange' },
        { value: failsAt, color: 'red' },
      ];
  const steps = bands.flatMap(({ value, color }) => (value === undefined ? [] : [{ value, color }]));
  const plain = [{ value: null, color: 'text' }];
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(warnsAt === undefined && failsAt === undefined ? plain : steps);
}

function descriptionOf({ shows, ask }: Panel): string {
  return `${shows}\n\nAsk next: \`${ask.command}\``;
}

function linksOf({ ask, alerts }: Panel): DashboardLinkBuilder[] {
  const query = ask.api === undefined ? [] : [link('Ask the audit API', `\${audit}/api/v1/audit/${ask.api}`)];
  return [...query, ...alerts.map((alert) => link(`Runbook: ${alert}`, `\${runbooks}/${alert}.md`))];
}

function link(title: string, url: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).url(url).targetBlank(true);
}
