import {
  type Browser,
  type OpenIdProvider,
  type Page,
  startBrowser,
  startOpenIdProvider,
} from '@admit-one/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { describeInBrowser } from '../browser/describe-in-browser.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { bundledConsole } from './bundled-console.ts';

/** A view with a query, which has to be there again after the sign-in. */
const VIEW = '/console/search?q=ann%40example.com';

describeInBrowser('the sign-in to the console', [], () => {
  let provider: OpenIdProvider;
  let stack: EmbeddedStack;
  let browser: Browser;
  let page: Page;
  /** What the page has sent to the audit API as bearer tokens. */
  let sent: Set<string>;
  let urls: string[];
  let complaints: string[];

  beforeAll(async () => {
    [provider, browser] = await Promise.all([startOpenIdProvider(), startBrowser()]);
    stack = await startEmbedded(
      {
        OPERATOR_ISSUER: provider.issuer,
        OPERATOR_AUDIENCE: provider.audience,
        OPERATOR_CLIENT_ID: 'console',
        OPERATOR_SIGN_IN_PARAMETERS: 'scope=openid audit:read',
      },
      { console: await bundledConsole() },
    );
    const redirectUri = `${stack.audit}/console/sign-in`;
    await provider.serve([{ id: 'console', redirectUri, refreshes: true, tokenSeconds: 15 }]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.stop();
    await provider?.close();
  });

  beforeEach(async () => {
    [sent, urls, complaints] = [new Set(), [], []];
    page = await (await browser.newContext()).newPage();
    // The issuer's pages have complaints of their own.
    page.on('console', (message) => {
      if (message.location().url.startsWith(stack.audit)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      urls.push(request.url());
      const { authorization } = request.headers();
      if (authorization && request.url().startsWith(stack.audit)) sent.add(authorization.slice(7));
    });
  });
  afterEach(() => page.context().close());

  async function expectSignedIn(operator: string): Promise<void> {
    await page.locator('.operator', { hasText: operator }).waitFor();
  }

  async function expectNoTokenOutsideOfMemory(): Promise<void> {
    const stored = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(sent.size).toBeGreaterThan(0);
    for (const token of sent) expect(`${stored} ${urls.join(' ')}`).not.toContain(token);
  }

  test('at the issuer leads back to the view, goes on without a word, and ends with the log-out', async () => {
    const atIssuer = page.getByRole('button', { name: /^Sign in at 127\.0\.0\.1/ });
    await page.goto(`${stack.audit}${VIEW}`);
    await atIssuer.click();
    await page.locator('[name=login]').fill('ann');
    await page.locator('[name=password]').fill('any');
    await page.locator('[type=submit]').click();
    await page.locator('[type=submit]:has-text("Continue")').click();
    await expectSignedIn('ann');
    expect(page.url()).toBe(`${stack.audit}${VIEW}`);

    const navigations: string[] = [];
    page.on('framenavigated', (frame) => navigations.push(frame.url()));
    const renewed = await page.waitForResponse((response) => {
      const isToken = response.url() === `${provider.issuer}/token`;
      return isToken && /refresh_token/.test(response.request().postData() ?? '');
    });
    expect([renewed.status(), navigations]).toEqual([200, []]);
    const before = new Set(sent);
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/v1/audit/fleet'));
    await page.getByRole('link', { name: 'Fleet' }).click();
    const token = (await asked).headers().authorization?.slice(7);
    expect(before).not.toContain(token);
    await page.goBack();

    await page.reload();
    await expectSignedIn('ann');
    expect(page.url()).toBe(`${stack.audit}${VIEW}`);
    await expectNoTokenOutsideOfMemory();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[name=logout]').click();
    await atIssuer.waitFor();
    expect(page.url()).toBe(`${stack.audit}/console/`);
    await page.reload();
    await atIssuer.click();
    await page.locator('[name=login]').waitFor();
    expect(complaints).toEqual([]);
  });

  test('takes no answer that it has not asked for', async () => {
    await page.goto(`${stack.audit}/console/sign-in?code=stolen&state=other&iss=${provider.issuer}`);
    await page.getByRole('alert').filter({ hasText: 'has not asked for it' }).waitFor();
    expect(page.url()).toBe(`${stack.audit}/console/`);
    expect(sent.size).toBe(0);
  });

  test('by a token that the operator has lasts until a reload', async () => {
    await page.goto(`${stack.audit}${VIEW}`);
    const field = page.getByLabel('Token of an operator');
    await field.fill('not-a-token');
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'not a signed JWT' }).waitFor();
    await field.fill(await stack.operatorToken());
    await field.press('Enter');
    await expectSignedIn('operator');
    await expectNoTokenOutsideOfMemory();
    await page.reload();
    await field.waitFor();
  });
});
