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

interface Cell {
  readonly row: string;
  readonly column: string;
  readonly text: string;
}

function tableOfMeasure(measure: Measure, figures: readonly Figure[]): string {
  const cells = figures.filter((figure) => figure.measure === measure).map(cellOf);
  if (cells.length === 0) return '';
  const columns = [...new Set(cells.map(({ column }) => column))];
  const textAt = (row: string, column: string) =>
    cells.find((cell) => cell.row === row && cell.column === column)?.text ?? '';
  const rows = rowsOf(cells).map((row) => [row, ...columns.map((column) => textAt(row, column))]);
  return `\n${measures[measure]}\n${tableOf([['', ...columns], ...rows])}`;
}

/** In the order of the column that has most of them. */
function rowsOf(cells: readonly Cell[]): readonly string[] {
  const sizeOf = (of: string) => cells.filter(({ column }) => column === of).length;
  const sorted = [...cells].sort((one, other) => sizeOf(other.column) - sizeOf(one.column));
  return [...new Set(sorted.map(({ row }) => row))];
}

/** A ratio is shown with its numerator: that of `d-echo/c` in the column `d-echo`, in a row `over c`. */
function cellOf(figure: Figure): Cell {
  const { what, of, unit } = figure;
  const [column = '', basis] = unit === '×' ? of.split('/') : [of];
  if (basis !== undefined) return { row: `${what}, over ${basis}`, column, text: `× ${textOf(figure)}` };
  return { row: unit === 'count' ? what : `${what}, ${unit}`, column, text: textOf(figure) };
}

function textOf({ median, min, max }: Figure): string {
  return min === max ? shown(median) : `${shown(median)} (${shown(min)} – ${shown(max)})`;
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
