import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardSource } from '../../../observability/src/dashboards/panel.ts';
import { dataSourceOf, renderPanel } from './render-panel.ts';

/** The generated file of a dashboard. */
export function dashboardFile(source: DashboardSource): { file: string; render(): string } {
  return {
    file: `observability/dashboards/${source.name}.json`,
    render: () => `${JSON.stringify(renderDashboard(source), null, 2)}\n`,
  };
}

/** A dashboard as Grafana imports it. */
function renderDashboard({ name, title, description, rows, source, byEdge }: DashboardSource): Dashboard {
  const dashboard = new DashboardBuilder(`Admit One: ${title}`)
    .uid(`admit-${name}`)
    .description(description)
    .tags(['admit-one'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: source === 'prometheus' ? 'now-1h' : 'now-6h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(dataSourceVariable(source))
    .withVariable(urlVariable('audit', 'Audit API', 'http://localhost:8082'))
    .withVariable(urlVariable('runbooks', 'Runbooks', 'https://example.com/admit-one/observability/runbooks'))
    .link(
      new DashboardLinkBuilder('Admit One')
        .type(DashboardLinkType.Dashboards)
        .tags(['admit-one'])
        .asDropdown(true)
        .keepTime(true),
    );
  if (source === 'prometheus') dashboard.annotation(firingAlerts());
  if (byEdge) dashboard.withVariable(edgeVariable());
  let id = 0;
  for (const row of rows) {
    id += 1;
    dashboard.withRow(new RowBuilder(row.title).id(id));
    for (const panel of row.panels) {
      id += 1;
      dashboard.withPanel(renderPanel(panel, id, source));
    }
  }
  return dashboard.build();
}

function dataSourceVariable(source: DashboardSource['source']) {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type(dataSourceOf(source).type ?? '');
}

/** Where links lead to. Grafana keeps what an operator types here in the URL of the dashboard. */
function urlVariable(name: string, label: string, value: string) {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .defaultValue(value)
    .hide(VariableHide.HideVariable)
    .current({ selected: true, text: value, value })
    .options([{ selected: true, text: value, value }]);
}

function edgeVariable() {
  return new QueryVariableBuilder('edge')
    .label('Edge')
    .datasource(dataSourceOf('prometheus'))
    .query('label_values(admit_connections, instance)')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' });
}

/** Marks in every panel when an alert fires. */
function firingAlerts() {
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(dataSourceOf('prometheus'))
    .enable(true)
    .iconColor('red')
    .expr('ALERTS{alertname=~"Admit.*", alertname!="AdmitWatchdog", alertstate="firing"}')
    .titleFormat('{{alertname}}')
    .step('30s');
}
