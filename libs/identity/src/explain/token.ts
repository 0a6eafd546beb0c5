import { type CompactJWSHeaderParameters, decodeProtectedHeader } from 'jose';
import { isCompact } from '../verify/token-form.ts';
import type { Claims } from '../verify/types.ts';
import { error, failureOf, ok } from './diagnostics.ts';
import type { CheckResults, TokenDiagnostic } from './types.ts';
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
  const { token, header, maxBytes } = results;
  if (failureOf(results, 'missing')) return [unsendable(token)];
  const size = `it is ${token.length} bytes long`;
  const diagnostics = [
    failureOf(results, 'size')
      ? error(
          'size',
          `${size}, more than ${maxBytes}`,
          'Have its issuer include fewer claims, or raise the setting: long tokens usually contain lists of groups.',
        )
      : ok(`${size}, of at most ${maxBytes}`),
  ];
  if (!isCompact(token)) return [...diagnostics, malformed(token)];
  diagnostics.push(ok('it has the three parts of a signed JWT'));
  if (!claims)
    diagnostics.push(error('form', 'its second part is not a JSON object with the claims', AS_ISSUED));
  else if (!header) diagnostics.push(headerError(results));
  else diagnostics.push(...explainHeader(header));
  if (claims && header && failureOf(results, 'type')) diagnostics.push(typeError(header, claims));
  return diagnostics;
}

function unsendable(token: string): TokenDiagnostic {
  if (token === '')
    return error('missing', 'it is empty', 'Pipe the token in, or paste it and press Ctrl-D.');
  if (/^[{[]/.test(token))
    return error('missing', 'it looks like JSON', 'Send only the value of access_token or id_token.');
  if (/\s/.test(token)) return error('missing', 'it contains spaces or line breaks', 'Remove them.');
  const message = 'it contains characters that a bearer token cannot have';
  return error('missing', message, 'Remove quotes and anything else around it.');
}

function malformed(token: string): TokenDiagnostic {
  const familiar = FAMILIAR.find(({ prefix }) => token.startsWith(prefix));
  if (familiar) return error('form', familiar.message, familiar.remedy);
  const parts = token.split('.');
  switch (parts.length) {
    case 5:
      return error(
        'form',
        'it is encrypted (a JWE, with five parts): only its recipient can read it',
        'Request a signed token. Auth0 issues one if the request names an audience; with Cognito, send the access token, not the refresh token.',
      );
    case 3:
      return parts[2] === ''
        ? error('form', 'it has no signature', 'Have its issuer sign it.')
        : error('form', 'it has three parts, but they are not all base64url', AS_ISSUED);
    case 2:
      return error('form', 'it has two parts of three', 'Send all of it.');
    default:
      return error(
        'form',
        `it is opaque: a JWT has three parts, separated by dots; it has ${parts.length}`,
        'Request a JWT. Auth0 issues one if the request names an audience; with Google, send the ID token; other providers have a setting.',
      );
  }
}

function headerError(results: CheckResults): TokenDiagnostic {
  if (!failureOf(results, 'critical'))
    return error('form', 'its header is not a JSON object with an algorithm (alg)', AS_ISSUED);
  const { crit } = decodeProtectedHeader(results.token);
  const message = `it requires an unsupported extension: crit ${shown(crit)}`;
  return error('critical', message, 'Have its issuer omit it.');
}

function explainHeader(header: CompactJWSHeaderParameters): readonly TokenDiagnostic[] {
  const [alg, typ, kid] = [header.alg, header.typ, header.kid].map((value) =>
    value === undefined ? 'none' : shown(value),
  );
  const members = ok(`its header has alg ${alg}, typ ${typ}, kid ${kid}`);
  const ignored = KEY_MEMBERS.filter((name) => Object.hasOwn(header, name));
  if (ignored.length === 0) return [members];
  return [members, ok(`its header also has ${ignored.join(', ')}, which is ignored`)];
}

function typeError({ typ }: CompactJWSHeaderParameters, claims: Claims): TokenDiagnostic {
  const message = Object.hasOwn(claims, 'events')
    ? 'it is a security event (events), such as a logout token'
    : `its type (typ) is ${shown(typ)}, neither JWT nor at+jwt`;
  return error('type', message, 'Send an access token or an ID token.');
}
