import { eventually } from '@admit-one/testkit';
import { expect, vi } from 'vitest';
import type { IssuedTicket } from '../issue/issue-ticket.ts';
import { type Fixture, type FixtureOptions, startFixture } from '../ticket-service.fixture.ts';

export type Headers = Readonly<Record<string, string>>;

/** A ticket-service, and what proxies do with it. */
export interface VerifyFixture extends Fixture {
  issue(claims?: Readonly<Record<string, unknown>>, body?: object): Promise<IssuedTicket>;
  /** Asks about a request of this target: as Traefik does, or as nginx does at `/verify/nginx`. */
  verify(target: string, headers?: Headers, path?: '/verify' | '/verify/nginx'): Promise<Response>;
  /** The rejection events, once there are that many: their type, subject, source and data. */
  rejections(count: number): Promise<readonly object[]>;
  /** Has the store fail each call from now on that a command may make. */
  breakStore(error: Error): { readonly calls: number; mend(): void };
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
    breakStore(error: Error) {
      const spies = [
        vi.spyOn(fixture.store, 'load').mockRejectedValue(error),
        vi.spyOn(fixture.store, 'append').mockRejectedValue(error),
      ];
      return {
        get calls() {
          return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
        },
        mend: () => {
          for (const spy of spies) spy.mockRestore();
        },
      };
    },
    rejections: (count: number) =>
      eventually(
        () => {
          const found = fixture.events.filter(({ type }) => type.endsWith('.rejected'));
          expect(found).toHaveLength(count);
          return found.map(({ type, data, subject, source }) => ({ type, subject, source, ...data }));
        },
        { what: 'the rejections' },
      ),
  });
}
