/** A provider that has a page in `docs/identity`. */
interface KnownProvider {
  readonly page: string;
  readonly issuer: RegExp;
}

const PROVIDERS: readonly KnownProvider[] = [
  { page: 'auth0', issuer: /^https:\/\/[^/]+\.auth0\.com\/?$/ },
  { page: 'keycloak', issuer: /^https?:\/\/[^/]+(\/auth)?\/realms\/[^/]+\/?$/ },
  { page: 'google', issuer: /^(https:\/\/)?accounts\.google\.com\/?$/ },
  { page: 'firebase', issuer: /^https:\/\/(securetoken|session\.firebase)\.google\.com\// },
  { page: 'firebase', issuer: /^firebase-adminsdk[^@]*@[^@]+\.gserviceaccount\.com$/ },
  { page: 'supabase', issuer: /^https:\/\/[^/]+\.supabase\.co\/auth\/v1\/?$|^supabase$/ },
  { page: 'clerk', issuer: /^https:\/\/(clerk\.[^/]+|[^/]+\.clerk\.accounts\.dev)\/?$/ },
  { page: 'cognito', issuer: /^https:\/\/cognito-idp\.[^/]+\.amazonaws\.com(\.cn)?\// },
  { page: 'okta', issuer: /^https:\/\/[^/]+\.okta(preview|-emea)?\.com(\/|$)/ },
  { page: 'entra', issuer: /^https:\/\/(login\.microsoftonline\.com|sts\.windows\.net)\// },
];

/** The name of the page about an issuer's provider, without `.md`; undefined for unknown providers. */
export function providerPageOf(issuer: string): string | undefined {
  return PROVIDERS.find(({ issuer: pattern }) => pattern.test(issuer))?.page;
}
