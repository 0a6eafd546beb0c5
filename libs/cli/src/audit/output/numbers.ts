const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration in its two largest units: `450 ms`, `1.2 s`, `3 min 4 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((Math.floor(ms / 100) / 10).toFixed(1))} s`;
  const index = UNITS.findIndex(([, size]) => ms >= size);
  const [unit, size] = UNITS[index] ?? UNITS[0];
  const [lesser, lesserSize] = UNITS[index + 1] ?? UNITS[3];
  const rest = Math.floor((ms % size) / lesserSize);
  return `${Math.floor(ms / size)} ${unit}${rest > 0 ? ` ${rest} ${lesser}` : ''}`;
}

/** A share between 0 and 1: `97 %`, `0.4 %`. */
export function percentText(share: number): string {
  if (!Number.isFinite(share)) return '';
  const percent = share * 100;
  return `${percent > 0 && percent < 1 ? percent.toPrecision(1) : Math.round(percent)} %`;
}

/** A bar of at most `width` characters; not empty unless the value is 0. */
export function barText(value: number, max: number, width: number): string {
  if (!(value > 0) || !(max > 0)) return '';
  return '█'.repeat(Math.max(1, Math.round((Math.min(value, max) / max) * width)));
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
