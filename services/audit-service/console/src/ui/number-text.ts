const counts = new Intl.NumberFormat('en');

/** `12,345` */
export function countText(count: number): string {
  return counts.format(count);
}

/** `1 event`, `2,000 events` */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A share in percent. What is not all is never shown as 100 %. */
export function shareText(share: number): string {
  const percent = Math.floor(share * 10_000) / 100;
  return `${Number(percent.toFixed(2))} %`;
}
