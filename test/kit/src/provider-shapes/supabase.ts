import type { Claims } from '../identity-provider.ts';
import {
  type Issuance,
  issuedFor,
  opaqueMistake,
  type ProviderShape,
  secretMistake,
} from './provider-shape.ts';

function accessClaims(issuance: Issuance): Claims {
  return {
    ...issuedFor(issuance, 3_600),
    sub: 'ef0493c9-3582-425f-a362-aef909588df7',
    aud: 'authenticated',
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: issuance.login.at }],
    session_id: issuance.login.id,
    email: 'jane@example.com',
    phone: '',
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { name: 'Jane Doe' },
    is_anonymous: false,
  };
}

const supabase: ProviderShape = {
  name: 'access token',
  alias: 'supabase',
  page: 'supabase',
  algorithm: 'ES256',
  issuerPath: '/auth/v1',
  token: (issuance) => ({ header: { typ: 'JWT' }, claims: accessClaims(issuance) }),
  mistakes: [
    secretMistake('an access token signed with the legacy JWT secret', 'HS256', accessClaims),
    secretMistake('the `anon` key', 'HS256', ({ issuedAt }) => ({
      iss: 'supabase',
      ref: 'abcdefghijklmnopqrst',
      role: 'anon',
      iat: issuedAt,
      exp: issuedAt + 315_360_000,
    })),
    opaqueMistake('the publishable key', 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'),
  ],
};

export const supabaseShapes: readonly ProviderShape[] = [supabase];
