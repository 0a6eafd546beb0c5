import { createHash, randomBytes } from 'node:crypto';
import { CALLBACK, type OpenIdProvider } from './openid-provider.ts';

/** A browser without a screen: it keeps cookies, follows redirects and submits forms. */
export interface BrowserSession {
  /** Logs in at the provider for a client, in the authorization code flow with PKCE. Returns the access token. */
  logIn(client: string, user: string): Promise<string>;
  /** Ends the session at the provider, as its own log-out page does. */
  logOut(): Promise<void>;
}

const MAX_REDIRECTS = 10;

export function createBrowserSession({ issuer }: Pick<OpenIdProvider, 'issuer'>): BrowserSession {
  const cookies = new Map<string, string>();
  let page = { url: new URL(issuer), html: '' };

  async function load(url: URL, init: RequestInit = {}): Promise<void> {
    let next: URL | null = url;
    let options = init;
    for (let redirect = 0; next && redirect < MAX_REDIRECTS; redirect += 1) {
      page = { url: next, html: '' };
      if (next.href.startsWith(CALLBACK)) return;
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response: Response = await fetch(next, { ...options, redirect: 'manual', headers: { cookie } });
      for (const [, name = '', value = ''] of response.headers.getSetCookie().flatMap(readCookie))
        value === '' ? cookies.delete(name) : cookies.set(name, value);
      const location = response.headers.get('location');
      page = { url: next, html: await response.text() };
      if (!location && !response.ok)
        throw new Error(`${response.status} from ${next.pathname}: ${page.html}`);
      next = location === null ? null : new URL(location, next);
      options = {};
    }
  }

  /** Submits the form of the page. */
  async function submit(fields: Readonly<Record<string, string>>): Promise<void> {
    const action = attributeOf(page.html, 'action');
    const hidden = [...page.html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(
      ([input]) => [attributeOf(input, 'name'), attributeOf(input, 'value')] as const,
    );
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
    await load(new URL(action, page.url), { method: 'POST', body });
  }

  return {
    async logIn(client, user) {
      const verifier = randomBytes(32).toString('base64url');
      const challenge = createHash('sha256').update(verifier).digest('base64url');
      const asked = { client_id: client, redirect_uri: CALLBACK, response_type: 'code', scope: 'openid' };
      const proof = { code_challenge: challenge, code_challenge_method: 'S256' };
      await load(new URL(`${issuer}/auth?${new URLSearchParams({ ...asked, ...proof })}`));
      await submit({ login: user, password: 'any' });
      await submit({});
      const code = page.url.searchParams.get('code') ?? '';
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: client,
          redirect_uri: CALLBACK,
          code,
          code_verifier: verifier,
        }),
      });
      if (!response.ok) throw new Error(`no token: ${response.status} ${await response.text()}`);
      return ((await response.json()) as { readonly access_token: string }).access_token;
    },
    async logOut() {
      await load(new URL(`${issuer}/session/end`));
      await submit({ logout: 'yes' });
    },
  };
}

function readCookie(header: string): readonly (readonly string[])[] {
  return [/^([^=]+)=([^;]*)/.exec(header) ?? []];
}

function attributeOf(html: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(html)?.[1] ?? '';
}
