import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAdmission, serviceNames, startThreeServices, type ThreeServices } from './three-services.ts';

const missing = missingEngines('redis', 'nats', 'postgres', 'nginx');

/** What only this machine or an operator's network may ask. */
const INTERNAL = /^\/(healthz|readyz|openapi\.json)$/;

describe.skipIf(missing)(`three services behind nginx${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let stack: ThreeServices;
  beforeAll(async () => {
    stack = await startThreeServices({ tls: false });
  });
  afterAll(() => stack?.stop());

  test('admit a connection, and the audit log tells it', () => expectAdmission(stack));

  test('answer there by all of their paths, and by no other', async () => {
    for (const name of serviceNames) {
      const document = await fetch(`${stack.services[name].url}/openapi.json`);
      const { paths } = (await document.json()) as { paths: object };
      for (const path of Object.keys(paths)) {
        const reply = await fetch(`${stack.url}${path.replaceAll(/\{\w+\}/g, 'x')}`);
        const isOfNginx = reply.headers.get('content-type') === 'text/html';
        expect({ path, isOfNginx }).toEqual({ path, isOfNginx: INTERNAL.test(path) });
      }
    }
  });
});
