import { expect, it } from 'vitest';
import { parseJwtPathwayRules, pathwayIssues } from './pathways.ts';

it.each([
  ['chat:my-app/1.2.0=0', { route: 'chat', client: 'my-app/1.2.0', percent: 0 }],
  ['*:none=100', { route: null, client: 'none', percent: 100 }],
  ['chat:*=50', { route: 'chat', client: null, percent: 50 }],
])('the entry %s is a rule', (entry, rule) => {
  expect(parseJwtPathwayRules([entry])).toEqual({ rules: [rule], issues: [] });
});

it.each([
  ['50', 'is not of the form route:client=percent'],
  ['chat=50', 'is not of the form route:client=percent'],
  ['chat:*=5.5', 'is not of the form route:client=percent'],
  ['Chat:*=5', '"Chat" is neither * nor the name of a route'],
  ['chat:my app=5', '"my app" is neither * nor the name of a client'],
  ['chat:*=101', 'the percentage is at most 100'],
])('the entry %s is an issue', (entry, issue) => {
  expect(parseJwtPathwayRules([entry]).issues).toEqual([expect.stringContaining(issue)]);
});

it.each([
  [['ticket'], []],
  [['ticket', 'jwt'], []],
  [['jwt'], ['AUTH_PATHWAYS: must have ticket']],
  [['ticket', 'cookie'], ['AUTH_PATHWAYS: "cookie" is not one of ticket, jwt']],
])('the pathways %j have the issues %j', (AUTH_PATHWAYS, issues) => {
  expect(pathwayIssues({ AUTH_PATHWAYS })).toEqual(issues);
});
