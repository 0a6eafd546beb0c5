import { expect, vi } from 'vitest';
import type { IssuedTicket } from '../issue-ticket.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../ticket-service.fixture.ts';

export type Headers = Readonly<Record<string, string>>;

/** A ticket-service, and what proxies do with it. */
export interface VerifyFixture extends Fixture {
  issue(claims?: Readonly<Record<string, unknown>>, body?: object): Promise<IssuedTicket>;
  /** Asks about a request of this target: as Traefik does, or as nginx does at `/verify/nginx`. */
  verify(target: string, headers?: Headers, path?: '/verify' | '/verify/nginx'): Promise<Response>;
  /** The events that tell of refusals, when there are so many: their type, subject, source and data. */
  rejections(count: number): Promise<readonly object[]>;
}

export async function startVerifyFixture(options?: FixtureOptions): Promise<VerifyFixture> {
  const fixture = await startFixture(options);
  return Object.assign(fixture, {
    async issue(claims: Readonly<Record<string, unknown>> = {}, body?: object) {
      const response = await fixture.ask(await fixture.provider.token(claims), {
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return (await response.json()) as IssuedTicket;
    },
    verify(target: string, headers: Headers = {}, path: string = '/verify') {
      const uri = path === '/verify/nginx' ? 'x-original-uri' : 'x-forwarded-uri';
      return fetch(`${fixture.verifyUrl}${path}`, { headers: { [uri]: target, ...headers } });
    },
    rejections: (count: number) =>
      vi.waitFor(() => {
        const found = fixture.events.filter(({ type }) => type.endsWith('.rejected'));
        expect(found).toHaveLength(count);
        return found.map(({ type, data, subject, source }) => ({ type, subject, source, ...data }));
      }),
  });
}
