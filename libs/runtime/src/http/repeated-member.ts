/** A string of JSON, and the colon behind it where it names a member. */
const STRING = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * The name of a member that an object in a JSON text has twice; undefined where there is none.
 * @param text valid JSON
 * @param value what `JSON.parse` makes of it, which has the last of them only
 */
export function repeatedMember(text: string, value: unknown): string | undefined {
  const unseen = countNames(value);
  for (const [token, colon] of text.matchAll(STRING)) {
    if (colon === undefined) continue;
    const name: string = JSON.parse(token.slice(0, -colon.length));
    const left = unseen.get(name) ?? 0;
    if (left === 0) return name;
    unseen.set(name, left - 1);
  }
  return undefined;
}

/** How often each name occurs in a value. */
function countNames(value: unknown): Map<string, number> {
  const counts = new Map<string, number>();
  const waiting = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) waiting.push(...next);
    else
      for (const [name, member] of Object.entries(next)) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        waiting.push(member);
      }
  }
  return counts;
}
