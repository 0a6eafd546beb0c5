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
