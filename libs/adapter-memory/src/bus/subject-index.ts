/** Values under subjects, found by the subject of a message. */
export interface SubjectIndex<Value> {
  /**
   * Adds a value under a subject, in which `*` stands for one token and a last `>` for one or more.
   * @returns a function that removes it
   * @throws {TypeError} if the subject is malformed
   */
  add(pattern: string, value: Value): () => void;
  /** The values under subjects that a message's subject matches. Those without wildcards are looked up, not searched. */
  match(subject: string): readonly Value[];
}

export function createSubjectIndex<Value>(): SubjectIndex<Value> {
  const exact = new Map<string, Set<{ readonly value: Value }>>();
  const wild = new Set<{ readonly value: Value; readonly tokens: readonly string[] }>();

  function addExact(subject: string, value: Value): () => void {
    const entry = { value };
    const entries = exact.get(subject) ?? new Set();
    exact.set(subject, entries.add(entry));
    return () => {
      entries.delete(entry);
      if (entries.size === 0 && exact.get(subject) === entries) exact.delete(subject);
    };
  }

  function addWild(tokens: readonly string[], value: Value): () => void {
    const entry = { value, tokens };
    wild.add(entry);
    return () => wild.delete(entry);
  }

  return {
    add(pattern, value) {
      const tokens = tokensOf(pattern);
      return isWild(tokens) ? addWild(tokens, value) : addExact(pattern, value);
    },
    match(subject) {
      const found = [...(exact.get(subject) ?? [])].map(({ value }) => value);
      if (wild.size === 0) return found;
      const tokens = subject.split('.');
      for (const { tokens: pattern, value } of wild) if (matches(pattern, tokens)) found.push(value);
      return found;
    },
  };
}

/**
 * Checks the subject of a message.
 * @throws {TypeError} where it has empty tokens, white space or wildcards
 */
export function assertSubject(subject: string): void {
  if (isWild(tokensOf(subject))) throw new TypeError('nothing is published to a subject with wildcards');
}

function tokensOf(pattern: string): readonly string[] {
  const tokens = pattern.split('.');
  if (tokens.includes('') || /\s/.test(pattern))
    throw new TypeError('a subject has empty tokens or white space');
  if (tokens.slice(0, -1).includes('>')) throw new TypeError('> in a subject is its last token');
  return tokens;
}

function isWild(tokens: readonly string[]): boolean {
  return tokens.includes('*') || tokens.at(-1) === '>';
}

function matches(pattern: readonly string[], tokens: readonly string[]): boolean {
  const rest = pattern.at(-1) === '>';
  const fixed = rest ? pattern.slice(0, -1) : pattern;
  if (rest ? tokens.length <= fixed.length : tokens.length !== fixed.length) return false;
  return fixed.every((token, n) => token === '*' || token === tokens[n]);
}
