import { createSigningKey } from '../signing-keys.ts';
import {
  type Issuance,
  issuedFor,
  mintShape,
  type ProviderShape,
  signedMistake,
  type TokenShape,
} from './provider-shape.ts';

const PROJECT = 'example-project';
const UID = '5UR3bKmPzXgq2wVnT8hLcYdJfA12';
const SERVICE_ACCOUNT = `firebase-adminsdk@${PROJECT}.iam.gserviceaccount.com`;
const IDENTITY_TOOLKIT =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';

function idToken(issuance: Issuance, project: string = PROJECT): TokenShape {
  return {
    header: { typ: 'JWT' },
    claims: {
      ...issuedFor(issuance, 3_600),
      aud: project,
      auth_time: issuance.login.at,
      user_id: UID,
      sub: UID,
      email: 'jane@example.com',
      email_verified: true,
      firebase: { identities: { email: ['jane@example.com'] }, sign_in_provider: 'password' },
    },
  };
}

const firebase: ProviderShape = {
  name: 'ID token',
  alias: 'firebase',
  page: 'firebase',
  algorithm: 'RS256',
  issuerPath: `/${PROJECT}`,
  token: (issuance) => idToken(issuance),
  mistakes: [
    {
      name: 'a custom token',
      async mint(issuance) {
        const claims = {
          ...issuedFor({ ...issuance, issuer: SERVICE_ACCOUNT }, 3_600),
          sub: SERVICE_ACCOUNT,
          aud: IDENTITY_TOOLKIT,
          uid: UID,
        };
        return mintShape({ header: { kid: undefined }, claims }, await createSigningKey('RS256'));
      },
    },
    signedMistake('a session cookie', (issuance) =>
      idToken({ ...issuance, issuer: `https://session.firebase.google.com/${PROJECT}` }),
    ),
    signedMistake('an ID token of another project', (issuance) =>
      idToken({ ...issuance, issuer: 'https://securetoken.google.com/other-project' }, 'other-project'),
    ),
  ],
};

export const firebaseShapes: readonly ProviderShape[] = [firebase];
