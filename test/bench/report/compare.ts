import { keyOf } from './figures.ts';
import type { Report } from './report.ts';
import { shown, tableOf } from './table.ts';

/** Two reports side by side, figure by figure; what only one of them has has no difference. */
export function compared(before: Report, now: Report): string {
  const then = new Map(before.figures.map((figure) => [keyOf(figure), figure]));
  const present = new Map(now.figures.map((figure) => [keyOf(figure), figure]));
  const rows = [...new Set([...then.keys(), ...present.keys()])].map((key) => {
    const [was, is] = [then.get(key), present.get(key)];
    const unit = (is ?? was)?.unit ?? '';
    return [key, unit, was ? shown(was.median) : '', is ? shown(is.median) : '', differenceOf(was, is)];
  });
  return tableOf([['median', '', before.startedAt, now.startedAt, 'difference'], ...rows]);
}

function differenceOf(was: { median: number } | undefined, is: { median: number } | undefined): string {
  if (!was || !is || was.median === 0) return '';
  const percent = (is.median / was.median - 1) * 100;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
}
