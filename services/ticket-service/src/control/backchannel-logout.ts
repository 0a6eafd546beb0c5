import { BusError, byIssuer, type ControlTarget, createExpiringMap, StoreError } from '@admit-one/core';
import {
  type createLogoutVerifier,
  LogoutTokenError,
  TokenError,
  type VerifiedLogout,
} from '@admit-one/identity';
import { type FailureLimit, type Logger, limitFailures, RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ControlActions } from './control-actions.ts';
import { targetOf } from './control-target.ts';
import type { DecisionTimes } from './decision-times.ts';

export interface BackchannelLogoutOptions {
  readonly verifyLogout: ReturnType<typeof createLogoutVerifier>;
  readonly actions: ControlActions;
  readonly times: DecisionTimes;
  readonly failureLimit: FailureLimit;
  readonly log: Logger;
}

/** How long a `jti` is remembered: longer than a logout token is accepted. */
const REMEMBERED_MS = 600_000;
const FORM = 'application/x-www-form-urlencoded';

interface Answer {
  readonly status: number;
  readonly error?: string;
  readonly description?: string;
  readonly retryAfterSeconds?: number;
}

/**
 * `POST /oidc/backchannel-logout`: an identity provider ends a session (OpenID Connect Back-Channel Logout 1.0). A token that
 * another instance has received may be accepted again: it revokes what was issued up to its own time, and no later login.
 */
export function backchannelLogout(options: BackchannelLogoutOptions): FastifyPluginAsync {
  const { verifyLogout, actions, times, failureLimit, log } = options;
  const received = createExpiringMap<true>();

  async function logOut(
    token: string,
    { clientAddress, trace }: Pick<FastifyRequest, 'clientAddress' | 'trace'>,
  ): Promise<Answer> {
    const logout = await limitFailures(failureLimit, clientAddress, () => verifyLogout(token), isOfSender);
    const { issuer, jti, issuedAt } = logout;
    const key = JSON.stringify([issuer.alias, jti]);
    const now = performance.now();
    if (received.get(key, now)) throw new LogoutTokenError('The logout token was received before (jti).');
    const decision = { target: targetOfLogout(logout), at: issuedAt, until: await times.endOf() };
    const by = byIssuer(issuer.alias);
    const receipt = await actions.carryOut({ ...decision, why: 'back-channel logout', by }, trace);
    received.set(key, true, now + REMEMBERED_MS, now);
    log.info({ issuer: issuer.alias, entry: receipt.id, closed: receipt.closed }, 'backchannel_logout');
    return { status: 200 };
  }

  return async (app) => {
    app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) => {
      done(null, new URLSearchParams(String(body)).getAll('logout_token'));
    });
    app.route({
      method: 'POST',
      url: '/oidc/backchannel-logout',
      schema: {
        summary: 'End a session at the word of its identity provider',
        description: `OpenID Connect Back-Channel Logout 1.0; the body is ${FORM} with logout_token.`,
        tags: ['sessions'],
      },
      handler: async (request, reply) => {
        const tokens = request.body as unknown;
        const [token, ...others] = Array.isArray(tokens) ? (tokens as string[]) : [];
        const answer =
          token === undefined || others.length > 0
            ? invalid(`The body must be ${FORM} with one logout_token.`)
            : await logOut(token, request).catch(answerOf);
        const { status, error, description, retryAfterSeconds } = answer;
        if (error !== undefined) log.warn({ error, description }, 'backchannel_logout_rejected');
        reply.code(status).header('cache-control', 'no-store');
        if (retryAfterSeconds !== undefined) reply.header('retry-after', Math.ceil(retryAfterSeconds));
        return error === undefined ? reply.send() : reply.send({ error, error_description: description });
      },
    });
  };
}

/** @throws {LogoutTokenError} where tokens of the issuer do not name what the logout token names */
function targetOfLogout({ issuer, sid, sub }: VerifiedLogout): ControlTarget {
  const { alias, principals } = issuer;
  if (sid !== null && principals.sessionClaims.includes('sid'))
    return targetOf({ kind: 'session', issuer: alias, session: sid });
  if (sub !== null && principals.userClaim === 'sub')
    return targetOf({ kind: 'user', issuer: alias, user: sub });
  throw new LogoutTokenError(
    'Sessions are not identified by sid here (sessionClaims), nor users by sub (userClaim).',
  );
}

function invalid(description: string): Answer {
  return { status: 400, error: 'invalid_request', description };
}

/** Whether an error is the sender's, not an outage. */
function isOfSender(error: unknown): error is LogoutTokenError | TokenError {
  return error instanceof LogoutTokenError || (error instanceof TokenError && error.check !== 'keys');
}

function answerOf(error: unknown): Answer {
  if (error instanceof LogoutTokenError) return invalid(error.message);
  if (isOfSender(error)) return invalid('The logout token does not verify with the keys of its issuer.');
  if (error instanceof RejectionError && error.reason === 'failure_rate') {
    const { retryAfterSeconds = 0 } = error;
    return {
      status: 429,
      error: 'temporarily_unavailable',
      description: 'Too many tokens of your network were rejected.',
      retryAfterSeconds,
    };
  }
  const isOutage = error instanceof TokenError || error instanceof StoreError || error instanceof BusError;
  if (isOutage || error instanceof RejectionError)
    return { status: 503, error: 'temporarily_unavailable', description: 'Try again.' };
  throw error;
}
