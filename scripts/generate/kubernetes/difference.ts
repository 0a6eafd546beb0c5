type Value = unknown;
type Members = Readonly<Record<string, Value>>;

/** Lists that Kubernetes merges by the names of their elements. */
const MERGED_BY_NAME: ReadonlySet<string> = new Set(['containers', 'env']);

export interface DifferenceOptions {
  /** Whether lists of named elements are merged, as Kubernetes does for its own kinds. Other lists are replaced. */
  readonly mergesLists: boolean;
}

/** What to merge into `from` for `to`: null removes a member. Undefined: nothing. */
export function difference(from: Members, to: Members, options: DifferenceOptions): Members | undefined {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  const changes = names.flatMap((name) => {
    const change = changeOf(name, from[name], to[name], options);
    return change === undefined ? [] : [[name, change] as const];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

function changeOf(name: string, from: Value, to: Value, options: DifferenceOptions): Value {
  if (JSON.stringify(from) === JSON.stringify(to)) return undefined;
  if (to === undefined) return null;
  if (isMembers(from) && isMembers(to)) return difference(from, to, options);
  if (options.mergesLists && MERGED_BY_NAME.has(name) && Array.isArray(from) && Array.isArray(to))
    return changesByName(from, to, options);
  return to;
}

function changesByName(from: readonly Members[], to: readonly Members[], options: DifferenceOptions) {
  const remaining = to.flatMap((element) => {
    const before = from.find(({ name }) => name === element.name);
    const change = before ? difference(before, element, options) : element;
    return change ? [{ name: element.name, ...change }] : [];
  });
  const removed = from.filter(({ name }) => !to.some((element) => element.name === name));
  return [...remaining, ...removed.map(({ name }) => ({ name, $patch: 'delete' }))];
}

function isMembers(value: Value): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
