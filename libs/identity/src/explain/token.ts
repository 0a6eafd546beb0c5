import { type CompactJWSHeaderParameters, decodeProtectedHeader } from 'jose';
import { isCompact, MAX_TOKEN_BYTES } from '../verify/token-form.ts';
import type { Claims } from '../verify/types.ts';
import { type CheckResults, failureOf, type TokenDiagnostic, type TokenErrorDiagnostic } from './types.ts';
import { shown } from './words.ts';

/** Tokens that aren't JWTs, by how they begin. */
const FAMILIAR = [
  {
    prefix: 'ya29.',
    message: 'it is an access token for Google APIs',
    remedy: 'Send the ID token (credential) instead.',
  },
  {
    prefix: 'sb_',
    message: 'it is an API key of Supabase, which identifies an application, not a user',
    remedy: "Send the session's access token instead.",
  },
] as const;

/** Header members that name a key. They are ignored: the sender of a token could choose them. */
const KEY_MEMBERS = ['jwk', 'jku', 'x5u', 'x5c'] as const;

const AS_ISSUED = 'Send the token exactly as its issuer returned it.';

/** Whether a token can be sent, its size, its form, its header and its type. */
export function explainForm(results: CheckResults, claims: Claims | undefined): readonly TokenDiagnostic[] {
  const { token, header } = results;
  if (failureOf(results, 'missing')) return [unsendable(token)];
  if (!isCompact(token)) return [sizeOf(results), malformed(token)];
  const form: TokenDiagnostic = { level: 'ok', message: 'it has the three parts of a signed JWT' };
  return [
    sizeOf(results),
    form,
    ...(claims ? [] : [unreadable('its second part is not a JSON object with the claims')]),
    ...(header || !claims ? [] : [headerError(results)]),
    ...(header ? membersOf(header) : []),
    ...(header && claims && failureOf(results, 'type') ? [typeError(header, claims)] : []),
  ];
}

function sizeOf(results: CheckResults): TokenDiagnostic {
  const bytes = results.token.length;
  if (!failureOf(results, 'size'))
    return { level: 'ok', message: `it is ${bytes} bytes long, of at most ${MAX_TOKEN_BYTES}` };
  return {
    level: 'error',
    check: 'size',
    message: `it is ${bytes} bytes long, more than ${MAX_TOKEN_BYTES}`,
    remedy: 'Have its issuer include fewer claims: long tokens usually contain lists of groups.',
  };
}

function unsendable(token: string): TokenDiagnostic {
  const error = { level: 'error', check: 'missing' } as const;
  if (token === '')
    return { ...error, message: 'it is empty', remedy: 'Pipe the token in, or paste it and press Ctrl-D.' };
  if (/^[{[]/.test(token))
    return {
      ...error,
      message: 'it looks like JSON',
      remedy: 'Send only the value of access_token or id_token.',
    };
  if (/\s/.test(token))
    return { ...error, message: 'it contains spaces or line breaks', remedy: 'Remove them.' };
  return {
    ...error,
    message: 'it contains characters that a bearer token cannot have',
    remedy: 'Remove quotes and anything else around it.',
  };
}

function malformed(token: string): TokenDiagnostic {
  const error = { level: 'error', check: 'form' } as const;
  const familiar = FAMILIAR.find(({ prefix }) => token.startsWith(prefix));
  if (familiar) return { ...error, message: familiar.message, remedy: familiar.remedy };
  const parts = token.split('.');
  switch (parts.length) {
    case 5:
      return {
        ...error,
        message: 'it is encrypted (a JWE, with five parts): only its recipient can read it',
        remedy:
          'Request a signed token. Auth0 issues one if the request names an audience; with Cognito, send the access token, not the refresh token.',
      };
    case 3:
      return parts[2] === ''
        ? { ...error, message: 'it has no signature', remedy: 'Have its issuer sign it.' }
        : { ...error, message: 'it has three parts, but they are not all base64url', remedy: AS_ISSUED };
    case 2:
      return { ...error, message: 'it has two parts of three', remedy: 'Send all of it.' };
    default:
      return {
        ...error,
        message: `it is opaque: a JWT has three parts, separated by dots; it has ${parts.length}`,
        remedy:
          'Request a JWT. Auth0 issues one if the request names an audience; with Google, send the ID token; other providers have a setting.',
      };
  }
}

function unreadable(message: string): TokenErrorDiagnostic {
  return { level: 'error', check: 'form', message, remedy: AS_ISSUED };
}

function headerError(results: CheckResults): TokenDiagnostic {
  if (!failureOf(results, 'critical'))
    return unreadable('its header is not a JSON object with an algorithm (alg)');
  return {
    level: 'error',
    check: 'critical',
    message: `it requires an unsupported extension: crit ${shown(decodeProtectedHeader(results.token).crit)}`,
    remedy: 'Have its issuer omit it.',
  };
}

function membersOf(header: CompactJWSHeaderParameters): readonly TokenDiagnostic[] {
  const [alg, typ, kid] = [header.alg, header.typ, header.kid].map(shownOrNone);
  const members: TokenDiagnostic = {
    level: 'ok',
    message: `its header has alg ${alg}, typ ${typ}, kid ${kid}`,
  };
  const ignored = KEY_MEMBERS.filter((name) => Object.hasOwn(header, name));
  if (ignored.length === 0) return [members];
  return [members, { level: 'ok', message: `its header also has ${ignored.join(', ')}, which is ignored` }];
}

function shownOrNone(value: unknown): string {
  return value === undefined ? 'none' : shown(value);
}

function typeError({ typ }: CompactJWSHeaderParameters, claims: Claims): TokenDiagnostic {
  const message = Object.hasOwn(claims, 'events')
    ? 'it is a security event (events), such as a logout token'
    : `its type (typ) is ${shown(typ)}, neither JWT nor at+jwt`;
  return { level: 'error', check: 'type', message, remedy: 'Send an access token or an ID token.' };
}
