import { auth0Shapes } from './provider-shapes/auth0.ts';
import { clerkShapes } from './provider-shapes/clerk.ts';
import { cognitoShapes } from './provider-shapes/cognito.ts';
import { entraShapes } from './provider-shapes/entra.ts';
import { firebaseShapes } from './provider-shapes/firebase.ts';
import { googleShapes } from './provider-shapes/google.ts';
import { keycloakShapes } from './provider-shapes/keycloak.ts';
import { oktaShapes } from './provider-shapes/okta.ts';
import type { ProviderShape } from './provider-shapes/provider-shape.ts';
import { supabaseShapes } from './provider-shapes/supabase.ts';

export {
  type Issuance,
  type Login,
  type MistakenToken,
  mintShape,
  type ProviderShape,
  type Signer,
  type TokenShape,
} from './provider-shapes/provider-shape.ts';

/** The tokens of every provider that has a page in `docs/identity`. */
export const providerShapes: readonly ProviderShape[] = [
  ...auth0Shapes,
  ...keycloakShapes,
  ...googleShapes,
  ...firebaseShapes,
  ...supabaseShapes,
  ...clerkShapes,
  ...cognitoShapes,
  ...oktaShapes,
  ...entraShapes,
];
