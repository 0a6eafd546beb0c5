import type { CommonValue, Explanation } from '@admit-one/audit-service/api-types';
import { counted, countText } from '../../ui/number-text.ts';
import { type Criterion, criterion, isCriterionName } from '../criteria.ts';

/** The names of dimensions in sentences. */
const nouns: Readonly<Record<string, string>> = {
  reason: 'the reason',
  route: 'the route',
  edge: 'the edge',
  origin: 'the origin',
  pathway: 'the pathway',
  carrier: 'the carrier',
  agent: 'the User-Agent',
  client: 'the client program',
  issuer: 'the issuer',
  kid: 'the key',
  prefix: 'the network',
};

/** How something in common is said: `87 % had the origin … In the hour before it was 2 % of all events: 43 times as common.` */
export interface Words {
  readonly share: string;
  readonly noun: string;
  readonly value: string;
  readonly against: string;
  /** What narrows a search down to it; null where no search can. */
  readonly criterion: Criterion | null;
}

export function totalWords({ total, baselineTotal }: Explanation): string {
  if (total === 0) return 'Nothing was rejected in this range.';
  const before =
    baselineTotal === 0 ? ' The hour before has no events to compare with: shares alone are listed.' : '';
  return `${counted(total, 'rejection')} in this range.${before}`;
}

export function wordsOfValue(common: CommonValue, { total, baselineTotal }: Explanation): Words {
  const { dimension, value, share, known } = common;
  const partly = known < total ? ` of the ${countText(known)} of them that tell it` : '';
  const name = dimension === 'prefix' ? 'address' : dimension;
  return {
    share: `${percent(share)}${partly}`,
    noun: nouns[dimension] ?? dimension,
    value,
    against: baselineTotal === 0 ? '' : againstWords(common),
    criterion: isCriterionName(name) && value !== '(other)' ? criterion(name, value) : null,
  };
}

function againstWords({ baselineShare, lift }: CommonValue): string {
  if (baselineShare === 0) return 'In the hour before, no event had it.';
  return `In the hour before, ${percent(baselineShare)} of all events had it: now ${times(lift)} as common.`;
}

function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 1) return 'less than 1 %';
  return value === 100 ? 'All' : `${Math.min(99, Math.round(value))} %`;
}

function times(lift: number): string {
  return lift === 2 ? 'twice' : `${lift < 10 ? Number(lift.toFixed(1)) : Math.round(lift)} times`;
}

/** The reason that an explanation's runbook is of. */
export function reasonOfRunbook(runbook: string | null): string | null {
  return /^([a-z_]+): /.exec(runbook ?? '')?.[1] ?? null;
}
