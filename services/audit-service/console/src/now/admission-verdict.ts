import type { ObjectivesAnswer } from '@admit-one/audit-service/api-types';
import { countText, shareText } from '../ui/number-text.ts';

export type Objective = ObjectivesAnswer['objectives'][number];

export interface Verdict {
  readonly tone: 'good' | 'warn' | 'bad' | 'plain';
  readonly word: string;
  readonly sentence: string;
}

/** Below this, one failure or two say nothing about an objective. */
const FEW = 20;

/** Whether rightful users get in, by the objective of admissions over the range. */
export function admissionVerdict({ range, objective }: Pick<Objective, 'range' | 'objective'>): Verdict {
  const { good = 0, bad = 0 } = range ?? {};
  const all = good + bad;
  if (all === 0) return { tone: 'plain', word: 'Nobody came', sentence: 'Nobody has presented a ticket.' };
  const sentence = `${shareText(good / all)} of ${countText(all)} upgrades with a ticket were admitted; the objective is ${shareText(objective)}.`;
  if (good / all >= objective) return { tone: 'good', word: 'Yes', sentence };
  if (good === 0) return { tone: 'bad', word: 'No', sentence };
  return { tone: all < FEW ? 'warn' : 'bad', word: 'Not all of them', sentence };
}
