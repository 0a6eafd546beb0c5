import { canonicalPrefix } from '@admit-one/text';
import type { Static } from 'typebox';
import type { ActionBody, RevocationBody } from './control-schemas.ts';
import { type ControlDecision, targetOf } from './control-target.ts';
import { assertOne, type IssuerOf, invalid } from './request-members.ts';

/** What an operator's request is about. */
export type RequestedDecision = Pick<ControlDecision, 'target' | 'at'>;

/** @throws {RejectionError} */
export function revocationOf(body: Static<typeof RevocationBody>, issuerOf: IssuerOf): RequestedDecision {
  const { session, user, ticket, connection, keyId, issuedBefore, issuer } = body;
  assertOne({ session, user, ticket, connection, keyId, issuedBefore });
  if (session !== undefined)
    return { target: targetOf({ kind: 'session', issuer: issuerOf(issuer), session }) };
  if (user !== undefined) return { target: targetOf({ kind: 'user', issuer: issuerOf(issuer), user }) };
  if (keyId !== undefined)
    return { target: targetOf({ kind: 'key', issuer: issuerOf(issuer), value: keyId }) };
  if (ticket !== undefined) return { target: targetOf({ kind: 'ticket', value: ticket }) };
  if (connection !== undefined) return { target: targetOf({ kind: 'connection', value: connection }) };
  const before = Math.ceil(Date.parse(issuedBefore ?? '') / 1000) - 1;
  if (before * 1000 > Date.now() + 60_000)
    throw invalid(
      'issuedBefore must not be in the future: tokens of new logins would be rejected until then.',
    );
  const of = issuer === undefined ? null : issuerOf(issuer);
  return { target: targetOf({ kind: 'issued_before', issuer: of }), at: before };
}

/** @throws {RejectionError} */
export function actionOf({ pause, block, drain }: Static<typeof ActionBody>): RequestedDecision {
  assertOne({ pause, block, drain });
  if (pause) return { target: targetOf({ kind: 'issuing' }) };
  if (drain !== undefined) return { target: targetOf({ kind: 'edge', value: drain }) };
  const prefix =
    canonicalPrefix(block ?? '') ?? canonicalPrefix(`${block}/${block?.includes(':') ? 128 : 32}`);
  if (prefix === null) throw invalid('block must be an address, or a network such as 203.0.113.0/24.');
  return { target: targetOf({ kind: 'prefix', value: prefix }) };
}
