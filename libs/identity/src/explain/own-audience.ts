import type { JWTPayload } from 'jose';
import { type AudienceClaim, audienceClaims } from '../issuers/types.ts';
import { audiencesNamedIn } from '../verify/audience.ts';

/** A claim that says whom a token is for, and one audience in it. */
export interface OwnAudience {
  readonly claim: AudienceClaim;
  readonly audience: string;
}

/** Audiences that are in tokens for any application, and what would stand for any audience: never to be accepted unasked. */
const EVERYBODYS =
  /^\*$|\/userinfo$|^account$|^https:\/\/graph\.microsoft\.com$|^00000003-0000-0000-c000-000000000000$|^https:\/\/identitytoolkit\.googleapis\.com\//;

/** The one audience of a token that can be meant for a single application, and the claim that has it: `aud` before others. */
export function ownAudienceOf(
  claims: Readonly<JWTPayload>,
  among: readonly AudienceClaim[] = audienceClaims,
): OwnAudience | undefined {
  const [found] = among.flatMap((claim) =>
    audiencesNamedIn(claims, claim)
      .filter((audience) => /\S/.test(audience) && !EVERYBODYS.test(audience.trim()))
      .map((audience) => ({ claim, audience })),
  );
  return found;
}
