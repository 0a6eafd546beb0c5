import { type PublicCode, publicCodes, type Reason, reasonRow } from './reasons.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** Problem details (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The public code: what clients decide by. */
  readonly code: PublicCode;
  readonly traceId: string;
}

export interface ProblemOptions {
  /** Replaces the code's own text. It must not reveal the exact reason. */
  readonly detail?: string | undefined;
  /** Replaces the reason's own where HTTP has a more exact status. */
  readonly status?: number | undefined;
}

/** The problem document of a reason. It shows the reason's public code only. */
export function problemOf(reason: Reason, traceId: string, { detail, status }: ProblemOptions = {}): Problem {
  const { code, http } = reasonRow(reason);
  const { type, title } = namesOf[code];
  return {
    type,
    title,
    status: status ?? http ?? 500,
    detail: detail ?? publicCodes[code],
    code,
    traceId,
  };
}

const namesOf = Object.fromEntries(
  (Object.keys(publicCodes) as readonly PublicCode[]).map((code) => [code, problemNames(code)]),
) as Readonly<Record<PublicCode, Pick<Problem, 'type' | 'title'>>>;

function problemNames(code: PublicCode): Pick<Problem, 'type' | 'title'> {
  const words = code.toLowerCase().split('_');
  const [first = ''] = words;
  return {
    type: `urn:admit-one:problem:${words.join('-')}`,
    title: [first.charAt(0).toUpperCase() + first.slice(1), ...words.slice(1)].join(' '),
  };
}
