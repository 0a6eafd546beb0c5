import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import type { AccessToken } from 'oidc-provider';

/** A public client of the provider. */
export interface OpenIdClient {
  readonly id: string;
  /** Where browsers are sent back to, after a log-in and a log-out; `CALLBACK` by default. */
  readonly redirectUri?: string;
  /** Whether it gets refresh tokens. */
  readonly refreshes?: boolean;
  /** How long its access tokens live. */
  readonly tokenSeconds?: number;
  /** Where it is told of log-outs. */
  readonly logout?: {
    readonly url: string;
    /** Whether its logout tokens name the session (`backchannel_logout_session_required`), or the user alone. */
    readonly namesSession: boolean;
  };
}

/** A logout token that the provider has sent, and the status of the answer. */
export interface SentLogout {
  readonly client: string;
  readonly token: string;
  readonly status: number;
}

/** The package `oidc-provider` behind an HTTP server: a certified implementation, none of ours. */
export interface OpenIdProvider {
  readonly issuer: string;
  /** The audience of access tokens. They name the session by `sid`, as logout tokens do. */
  readonly audience: string;
  readonly sent: readonly SentLogout[];
  /** Begins to serve. */
  serve(clients: readonly OpenIdClient[]): Promise<void>;
  close(): Promise<void>;
}

/** Where the provider sends browsers back to; nobody listens there. */
export const CALLBACK = 'https://app.example.com/callback';

const AUDIENCE = 'urn:example:websocket';
const SECONDS = 300;

/** Listens on a free port of the loopback interface. */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const sent: SentLogout[] = [];
  let handle: RequestListener | undefined;
  const server = createServer((request, response) => handle?.(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  /** Without the package's own dispatcher, which does not connect to this machine. */
  async function send(url: string, init: RequestInit & { readonly dispatcher?: unknown }): Promise<Response> {
    const { dispatcher: _, ...rest } = init;
    const response = await fetch(url, rest);
    const token = new URLSearchParams(String(init.body)).get('logout_token') ?? '';
    const { aud } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    sent.push({ client: aud, token, status: response.status });
    return response;
  }

  return {
    issuer,
    audience: AUDIENCE,
    sent,
    async serve(clients) {
      // Not at the top: it prints warnings when it is loaded.
      const { Provider } = await import('oidc-provider');
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      const provider = new Provider(issuer, {
        clients: clients.map(metadataOf),
        clientBasedCORS: () => true,
        issueRefreshToken: async (_: unknown, client: { grantTypeAllowed(type: string): boolean }) =>
          client.grantTypeAllowed('refresh_token'),
        jwks: { keys: [await exportJWK(privateKey)] },
        cookies: { keys: ['test'] },
        ttl: {
          AccessToken: (_: unknown, __: unknown, { clientId }: { readonly clientId: string }) =>
            clients.find(({ id }) => id === clientId)?.tokenSeconds ?? SECONDS,
          RefreshToken: SECONDS,
          Grant: SECONDS,
          IdToken: SECONDS,
          Interaction: SECONDS,
          Session: SECONDS,
        },
        fetch: send,
        findAccount: (_: unknown, sub: string) => ({ accountId: sub, claims: () => ({ sub }) }),
        extraTokenClaims: async (_: unknown, token: AccessToken) => {
          const session = await provider.Session.findByUid(token.sessionUid);
          return { sid: session?.sidFor(token.clientId) };
        },
        features: {
          devInteractions: { enabled: true },
          backchannelLogout: { enabled: true },
          resourceIndicators: {
            enabled: true,
            defaultResource: () => AUDIENCE,
            useGrantedResource: () => true,
            getResourceServerInfo: () => ({
              scope: 'openid audit:read',
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'RS256' } },
            }),
          },
        },
      });
      handle = provider.callback();
    },
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function metadataOf({ id, redirectUri = CALLBACK, refreshes = false, logout }: OpenIdClient): object {
  return {
    client_id: id,
    token_endpoint_auth_method: 'none',
    redirect_uris: [redirectUri],
    post_logout_redirect_uris: [redirectUri],
    grant_types: refreshes ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
    ...(logout && {
      backchannel_logout_uri: logout.url,
      backchannel_logout_session_required: logout.namesSession,
    }),
  };
}
