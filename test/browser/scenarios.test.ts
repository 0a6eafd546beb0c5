import { afterAll, beforeAll, describe } from 'vitest';
import { startEmbedded } from '../stack/embedded.ts';
import { describeInBrowser } from './describe-in-browser.ts';
import { blockedOrigin } from './scenarios/origin.ts';
import { pageLifecycle } from './scenarios/page-lifecycle.ts';
import { GRACE_SECONDS, renewal } from './scenarios/renewal.ts';
import { severalRoutes } from './scenarios/routes.ts';
import { signingIn } from './scenarios/signing-in.ts';
import { severalUsers } from './scenarios/users.ts';
import { type Scene, startScene } from './scene.ts';

describeInBrowser('in a browser', [], () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene((origin) =>
      startEmbedded({
        FRONTEND_ORIGINS: origin,
        ROUTES: 'default=echo,notifications=echo,chat=echo,games=echo,orders=echo',
        CONNECTION_EXPIRY: 'orders=token',
        CONNECTION_EXPIRY_GRACE_SECONDS: `${GRACE_SECONDS}`,
      }),
    );
  });
  afterAll(() => scene?.close());

  describe('signing in', () => signingIn(() => scene));
  describe('several sockets of one page', () => severalRoutes(() => scene));
  describe('users who take turns in one tab', () => severalUsers(() => scene));
  describe('a token that ends', () => renewal(() => scene));
  describe('a page that is put away', () => pageLifecycle(() => scene));
  describe('a page of an origin that is not allowed', () => blockedOrigin(() => scene));
});
