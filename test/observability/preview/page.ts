import type { Answer, Series } from '../answers.ts';
import type { DashboardFile, PanelFile } from '../dashboard-files.ts';
import { drawSeries } from './draw-series.ts';
import { colorOf, formatValue } from './format.ts';

/** What the page draws: a dashboard, and the answers to the targets of each panel. */
export interface Preview {
  readonly dashboard: DashboardFile;
  readonly answers: readonly (readonly Answer[])[];
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
}

const ROW_HEIGHT = 25;
const COLUMN_WIDTH = 37;
const GAP = 8;

/** Called by the previewer once the page is loaded. */
export function draw({ dashboard, answers, from, to }: Preview): void {
  document.title = dashboard.title;
  element(document.body, 'h1', '', dashboard.title);
  element(document.body, 'p', 'note', 'Drawn by the previewer of Admit One, not by Grafana');
  const board = element(document.body, 'div', 'board');
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  board.style.height = `${bottom * ROW_HEIGHT}px`;
  for (const [n, panel] of dashboard.panels.entries()) {
    const box = element(board, 'section', panel.type);
    const { x, y, w, h } = panel.gridPos;
    const size = { width: w * COLUMN_WIDTH - GAP, height: h * ROW_HEIGHT - GAP };
    Object.assign(box.style, {
      left: `${x * COLUMN_WIDTH}px`,
      top: `${y * ROW_HEIGHT}px`,
      width: `${size.width}px`,
      height: `${size.height}px`,
    });
    element(box, 'h2', '', panel.title);
    const content = element(box, 'div', 'content');
    drawPanel(content, panel, answers[n] ?? [], { ...size, from: from / 1000, to: to / 1000 });
  }
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
}

function drawPanel(content: HTMLElement, panel: PanelFile, answers: readonly Answer[], frame: Frame): void {
  const field = panel.fieldConfig?.defaults ?? {};
  const series = answers.flatMap((answer) => ('series' in answer ? answer.series : []));
  switch (panel.type) {
    case 'timeseries':
      drawSeries(content, series, {
        ...frame,
        width: frame.width - 16,
        height: frame.height - 36,
        field,
        stacked: panel.fieldConfig?.defaults.custom?.stacking?.mode === 'normal',
      });
      break;
    case 'stat':
      drawStats(content, panel, series);
      break;
    case 'bargauge':
      drawBars(content, panel, series);
      break;
    case 'table':
      drawTable(content, panel, answers);
      break;
    case 'row':
      break;
    default:
      panel.type satisfies never;
  }
}

function drawStats(content: HTMLElement, { fieldConfig }: PanelFile, series: readonly Series[]): void {
  const field = fieldConfig?.defaults ?? {};
  for (const { name, points } of series) {
    const value = points.at(-1)?.[1] ?? Number.NaN;
    const stat = element(content, 'div', 'value');
    if (series.length > 1) element(stat, 'small', '', name);
    element(stat, 'b', '', formatValue(value, field.unit)).style.color = colorOf(value, field);
  }
}

function drawBars(content: HTMLElement, { fieldConfig }: PanelFile, series: readonly Series[]): void {
  const field = fieldConfig?.defaults ?? {};
  const values = series.map(({ points }) => points.at(-1)?.[1] ?? 0);
  const longest = field.max ?? Math.max(...values, Number.MIN_VALUE);
  for (const [n, { name }] of series.entries()) {
    const value = values[n] ?? 0;
    const bar = element(content, 'div', 'bar');
    element(bar, 'span', '', name);
    const fill = element(element(bar, 'div', 'track'), 'div', 'fill');
    const color = colorOf(value, field);
    fill.style.width = `${Math.max(0, Math.min(1, value / longest)) * 100}%`;
    fill.style.background = color === '#24292f' ? '#0072b2' : color;
    element(bar, 'b', '', formatValue(value, field.unit));
  }
}

function drawTable(content: HTMLElement, { fieldConfig }: PanelFile, answers: readonly Answer[]): void {
  for (const answer of answers) {
    if (!('table' in answer)) continue;
    const table = element(content, 'table', '');
    const head = element(table, 'tr', '');
    for (const column of answer.table.columns) element(head, 'th', '', column);
    for (const row of answer.table.rows) {
      const line = element(table, 'tr', '');
      for (const [n, cell] of row.entries()) {
        const own = fieldConfig?.overrides.find(({ matcher }) => matcher.options === answer.table.columns[n]);
        const unit = own?.properties.find(({ id }) => id === 'unit')?.value as string | undefined;
        element(line, 'td', '', typeof cell === 'number' ? formatValue(cell, unit) : (cell ?? ''));
      }
    }
  }
}

function element(parent: HTMLElement, tag: string, className: string, text = ''): HTMLElement {
  const created = document.createElement(tag);
  created.className = className;
  created.textContent = text;
  parent.append(created);
  return created;
}
