import type { Composite, LogCondition, Quantity } from './log-condition.ts';

/** When an alert holds: conditions on the audit log, and PromQL where only Prometheus has the numbers. */
export type Condition = LogCondition | Composite<Condition> | PromQlCondition;

/** A condition in PromQL. */
export interface PromQlCondition {
  readonly kind: 'promql';
  /** @param duration writes seconds as a PromQL duration, scaled where a test shortens all windows */
  readonly text: (duration: (seconds: number) => string) => string;
}

export function promql(text: PromQlCondition['text']): PromQlCondition {
  return { kind: 'promql', text };
}

export function all<Parts extends readonly Condition[]>(...conditions: Parts): Composite<Parts[number]> {
  return { kind: 'all', conditions };
}

export function any<Parts extends readonly Condition[]>(...conditions: Parts): Composite<Parts[number]> {
  return { kind: 'any', conditions };
}

/**
 * What of a condition the audit log can decide: without the alternatives that take Prometheus. Undefined where nothing
 * is left.
 */
export function logConditionOf(condition: Condition): LogCondition | undefined {
  switch (condition.kind) {
    case 'promql':
      return undefined;
    case 'comparison':
    case 'always':
      return condition;
    case 'any':
    case 'all': {
      const parts = condition.conditions.map(logConditionOf);
      const decidable = parts.filter((part) => part !== undefined);
      if (condition.kind === 'all' && decidable.length < parts.length) return undefined;
      return decidable.length > 1 ? { kind: condition.kind, conditions: decidable } : decidable[0];
    }
    default:
      return condition satisfies never;
  }
}

/** What a condition of the audit log reads. */
export function quantitiesOf(condition: LogCondition): readonly Quantity[] {
  switch (condition.kind) {
    case 'always':
      return [];
    case 'comparison':
      return condition.outOf ? [condition.quantity, condition.outOf] : [condition.quantity];
    case 'any':
    case 'all':
      return condition.conditions.flatMap(quantitiesOf);
    default:
      return condition satisfies never;
  }
}
