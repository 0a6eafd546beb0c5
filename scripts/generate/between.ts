/** A page with something else between two markers. @throws {Error} where the page lacks them */
export function between(text: string, marker: string, replacement: string): string {
  const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the markers of ${marker} are missing`);
  return `${text.slice(0, from + start.length)}\n${replacement}\n${text.slice(to)}`;
}
