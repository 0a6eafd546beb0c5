import { contestants } from '../contestants/contestant.ts';
import { type Figure, type Measure, measures } from './figures.ts';
import type { Report } from './report.ts';
import { shown, tableOf } from './table.ts';

/** The report for people: a table per measure, median and spread of the rounds in each cell, then the targets. */
export function printed(report: Report): string {
  const { machine, options, figures } = report;
  const { cpu, cores, memoryGiB, kernel, node, engines, loadBefore } = machine;
  const names = Object.entries(contestants).filter(([id]) => figures.some(({ of }) => of === id));
  return [
    `${cores} × ${cpu}, ${memoryGiB} GiB, ${kernel}, Node ${node}, load before: ${shown(loadBefore)}\n`,
    `${engines.join(', ')}\n`,
    `${options.admissions} admissions in ${options.slices} slices after ${options.warmUp}, ${options.rounds} rounds; each cell: median (least – most)\n`,
    ...names.map(([id, name]) => `${id}: ${name}\n`),
    ...(Object.keys(measures) as Measure[]).map((measure) => tableOfMeasure(measure, figures)),
    verdictsOf(report),
    ...Object.entries(report.failures).map(([failure, count]) => `FAILED ${count} times: ${failure}\n`),
  ].join('');
}

function tableOfMeasure(measure: Measure, figures: readonly Figure[]): string {
  const own = figures.filter((figure) => figure.measure === measure);
  if (own.length === 0) return '';
  const columns = [...new Set(own.map(({ of }) => of))];
  const cell = (row: string, column: string) => {
    const figure = own.find(({ what, of }) => what === row && of === column);
    return figure ? cellOf(figure) : '';
  };
  const rows = rowsOf(own).map((row) => [titleOf(row, own), ...columns.map((column) => cell(row, column))]);
  return `\n${measures[measure]}\n${tableOf([['', ...columns], ...rows])}`;
}

/** In the order of the column that has most of them. */
function rowsOf(own: readonly Figure[]): readonly string[] {
  const sizeOf = (column: string) => own.filter(({ of }) => of === column).length;
  const sorted = [...own].sort((one, other) => sizeOf(other.of) - sizeOf(one.of));
  return [...new Set(sorted.map(({ what }) => what))];
}

function titleOf(row: string, own: readonly Figure[]): string {
  const unit = own.find(({ what, unit }) => what === row && unit !== '×' && unit !== 'count')?.unit;
  return unit === undefined ? row : `${row}, ${unit}`;
}

function cellOf({ median, min, max, unit }: Figure): string {
  const value = unit === '×' ? `× ${shown(median)}` : shown(median);
  return min === max ? value : `${value} (${shown(min)} – ${shown(max)})`;
}

function verdictsOf({ verdicts }: Report): string {
  if (verdicts.length === 0) return '';
  const rows = verdicts.map(({ figure, atMost, median, unit, met }) => [
    figure,
    `${shown(median)} ${unit}`,
    `at most ${shown(atMost)}`,
    met ? 'met' : 'MISSED',
  ]);
  return `\nTargets\n${tableOf(rows)}`;
}
