import type { FieldFile } from '../dashboard-files.ts';

/** A value as Grafana writes it, roughly. */
export function formatValue(value: number, unit: FieldFile['unit'] = 'none'): string {
  switch (unit) {
    case 'percentunit':
      return `${digits(value * 100)} %`;
    case 's':
      return formatSeconds(value);
    case 'bytes':
      return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB']);
    case 'cps':
      return `${digits(value)}/s`;
    default:
      return scaled(value, 1000, ['', 'K', 'Mil']).trim();
  }
}

function formatSeconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0 s';
  if (size < 0.001) return `${digits(value * 1e6)} µs`;
  if (size < 1) return `${digits(value * 1e3)} ms`;
  if (size < 120) return `${digits(value)} s`;
  if (size < 7_200) return `${digits(value / 60)} min`;
  return size < 172_800 ? `${digits(value / 3_600)} h` : `${digits(value / 86_400)} days`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = value;
  let n = 0;
  while (Math.abs(rest) >= base && n < units.length - 1) {
    rest /= base;
    n += 1;
  }
  return `${digits(rest)} ${units[n]}`;
}

/** Three significant digits, as far as they say something. */
function digits(value: number): string {
  return `${Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 3))}`;
}

/** The colour of a value by the thresholds of its panel. */
export function colorOf(value: number, { thresholds }: FieldFile): string {
  const steps = thresholds?.steps ?? [];
  const reached = steps.filter((step) => step.value === null || value >= step.value);
  const name = reached.at(-1)?.color ?? 'text';
  return { green: '#2e8540', orange: '#d9730d', red: '#c4162a' }[name] ?? '#24292f';
}
