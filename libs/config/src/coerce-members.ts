/** The part of JSON Schema that says how a text is read. */
interface MembersSchema {
  readonly properties?: Readonly<Record<string, { readonly type?: unknown; readonly default?: unknown }>>;
}

/**
 * Reads members that came as texts, such as variables or a query, as the types that their schemas name: numbers, booleans
 * and lists of one. Absent members get their defaults. A text that is not of its type stays, for the validation to reject.
 */
export function coerceMembers(
  { properties = {} }: MembersSchema,
  members: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const read: Record<string, unknown> = { ...members };
  for (const [name, schema] of Object.entries(properties)) {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    if (value !== undefined) read[name] = coerce(schema.type, value);
    else if (schema.default !== undefined) read[name] = schema.default;
  }
  return read;
}

function coerce(type: unknown, value: unknown): unknown {
  if (type === 'array') return Array.isArray(value) ? value : [value];
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'number':
    case 'integer':
      return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
    case 'boolean':
      return BOOLEANS.get(value) ?? value;
    default:
      return value;
  }
}

const BOOLEANS = new Map([
  ['true', true],
  ['false', false],
]);
