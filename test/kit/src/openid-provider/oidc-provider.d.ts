/** The part of the package that the kit uses; it has no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface AccessToken {
    readonly sessionUid: string;
    readonly clientId: string;
  }

  interface Session {
    sidFor(clientId: string): string;
  }

  export class Provider {
    constructor(issuer: string, configuration: object);
    readonly Session: { findByUid(uid: string): Promise<Session | undefined> };
    callback(): RequestListener;
  }
}
