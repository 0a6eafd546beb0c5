/** Collects parameters, and gives the name that each goes by in the text. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/** Writes a condition on the table `event`. */
export type ConditionOf = (parameters: Parameters) => string;

export function allOf(...conditions: readonly ConditionOf[]): ConditionOf {
  return (parameters) => conditions.map((condition) => condition(parameters)).join(' AND ');
}
