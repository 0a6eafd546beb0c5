import { bearerTokenOf } from '../verify/bearer-token.ts';
import { isCompact, MAX_TOKEN_BYTES } from '../verify/compact-jwt.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** What a token is that is no signed JWT, by how it begins. */
const FAMILIAR = [
  {
    prefix: 'ya29.',
    message: 'it is an access token of Google, for its own APIs only',
    remedy: 'Send the ID token (credential) in its place.',
  },
  {
    prefix: 'sb_',
    message: 'it is an API key of Supabase, which speaks for an application and not for a user',
    remedy: "Send the session's access token in its place.",
  },
] as const;

const ASK_FOR_JWT =
  'Ask the issuer for a JWT: Auth0 gives one where an audience is asked for; with Google it is the ID token; others have a setting for it.';

/** Whether a token can be sent, how long it is, and whether it has the form of a signed JWT. */
export function explainForm(token: string): readonly TokenDiagnostic[] {
  if (bearerTokenOf(`Bearer ${token}`) === null) return [unsendable(token)];
  const size: TokenDiagnostic =
    token.length > MAX_TOKEN_BYTES
      ? {
          level: 'error',
          check: 'size',
          message: `it is ${token.length} bytes long, more than ${MAX_TOKEN_BYTES}`,
          remedy:
            'Let its issuer put fewer claims into it: lists of groups are what most often makes it long.',
        }
      : { level: 'ok', message: `it is ${token.length} bytes long, and may be ${MAX_TOKEN_BYTES}` };
  return [size, formOf(token)];
}

function unsendable(token: string): TokenDiagnostic {
  const fault = { level: 'error', check: 'missing' } as const;
  if (token === '')
    return { ...fault, message: 'there is none', remedy: 'Pipe the token in, or paste it and press Ctrl-D.' };
  if (/^[{[]/.test(token))
    return {
      ...fault,
      message: 'it looks like JSON',
      remedy: 'Give the value of access_token or id_token alone.',
    };
  if (/\s/.test(token))
    return { ...fault, message: 'it has spaces or line breaks in it', remedy: 'Give it as one word.' };
  return {
    ...fault,
    message: 'it has characters in it that a bearer token cannot have',
    remedy: 'Give it without quotes or anything else around it.',
  };
}

function formOf(token: string): TokenDiagnostic {
  if (isCompact(token)) return { level: 'ok', message: 'it has the three parts of a signed JWT' };
  const fault = { level: 'error', check: 'form' } as const;
  const familiar = FAMILIAR.find(({ prefix }) => token.startsWith(prefix));
  if (familiar) return { ...fault, message: familiar.message, remedy: familiar.remedy };
  const parts = token.split('.');
  switch (parts.length) {
    case 5:
      return {
        ...fault,
        message: 'it is encrypted (a JWE, of five parts), so that only its issuer can read it',
        remedy:
          'Ask for a signed one: Auth0 gives one where an audience is asked for; of Cognito, send the access token in place of the refresh token.',
      };
    case 3:
      if (parts[2] === '')
        return { ...fault, message: 'it has no signature', remedy: 'Let its issuer sign it.' };
      return {
        ...fault,
        message: 'it has three parts, but they are not all base64url',
        remedy: 'Give it as its issuer made it, to the last character.',
      };
    case 2:
      return { ...fault, message: 'it has two parts of three', remedy: 'Give all of it.' };
    default:
      return {
        ...fault,
        message: `it is opaque: a JWT has three parts with dots between them, and it has ${parts.length}`,
        remedy: ASK_FOR_JWT,
      };
  }
}
