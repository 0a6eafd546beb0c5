/** Origins that may connect: a list, compared as browsers send them, or a rule of one's own. */
export type OriginRule = readonly string[] | ((origin: string) => boolean);

/** Whether a request of this origin may go on. Without an `Origin` it is no browser's, and passes. */
export function originPasses(origin: string | undefined, rule: OriginRule | undefined): boolean {
  if (origin === undefined || rule === undefined) return true;
  return typeof rule === 'function' ? rule(origin) : rule.includes(origin);
}
