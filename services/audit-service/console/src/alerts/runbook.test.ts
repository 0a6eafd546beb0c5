import { expect, test } from 'vitest';
import { alertOfLink, searchOfCommand } from './runbook.ts';

test.each([
  [
    'npx @admit-one/cli audit search address=203.0.113.0/24 type=admit.ticket.consumed from=-1h',
    'address=203.0.113.0%2F24&type=admit.ticket.consumed&from=-1h',
  ],
  ['npx @admit-one/cli audit search reason!=rate_limited --json', 'reason%21=rate_limited'],
  ['npx @admit-one/cli audit search user=<id>', null],
  ['npx @admit-one/cli audit search --json', null],
  ['npx @admit-one/cli audit explain from=-15m', null],
])('%s is the search %s', (command, query) => {
  expect(searchOfCommand(command)?.toString() ?? null).toBe(query);
});

test('a link to a runbook is one to its alert', () => {
  expect(alertOfLink('AdmitBusDown.md')).toBe('AdmitBusDown');
  expect(alertOfLink('../../docs/reasons.md')).toBeNull();
});
