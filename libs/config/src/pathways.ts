import { clientSchema, pathways, routeNameSchema } from '@admit-one/core';
import { listVariable } from './read-variables.ts';

/** Variables of the services that a JWT in an upgrade passes: the ws-edge and the ticket-service. */
export const pathwayVariables = {
  AUTH_PATHWAYS: listVariable({
    default: 'ticket',
    description:
      'How clients are admitted: `ticket`, or `ticket,jwt` while an application moves from JWTs to tickets. Then an upgrade may carry `jwt.<token>` as a subprotocol. Set it on the ws-edge and on the ticket-service.',
    examples: ['ticket,jwt'],
  }),
};

export const jwtPathwayVariables = {
  JWT_PATHWAY_PERCENT: listVariable({
    default: '',
    description:
      'For how many per cent of the users JWTs are accepted: entries `route:client=percent`, of which the first that fits counts. `*` is any route or client, `none` a client that does not name itself. Without a fitting entry: 100.',
    examples: ['chat:my-app/1.2.0=0,*:*=50'],
  }),
};

interface PathwayVariables {
  readonly AUTH_PATHWAYS: readonly string[];
}

export function pathwayIssues({ AUTH_PATHWAYS: given }: Partial<PathwayVariables>): readonly string[] {
  if (!given) return [];
  const unknown = given.filter((name) => !pathways.some((pathway) => pathway === name));
  return [
    ...unknown.map((name) => `AUTH_PATHWAYS: ${JSON.stringify(name)} is not one of ${pathways.join(', ')}`),
    ...(given.includes('ticket') ? [] : ['AUTH_PATHWAYS: must have ticket']),
  ];
}

export function acceptsJwt({ AUTH_PATHWAYS: given }: PathwayVariables): boolean {
  return given.includes('jwt');
}

/** An entry of JWT_PATHWAY_PERCENT; null stands for any. */
export interface JwtPathwayRule {
  readonly route: string | null;
  readonly client: string | null;
  readonly percent: number;
}

const RULE = /^(?<route>[^:=]+):(?<client>[^:=]+)=(?<percent>\d{1,3})$/;
const ROUTE = new RegExp(routeNameSchema.pattern);
const CLIENT = new RegExp(clientSchema.pattern);
const ANY = '*';

/** Parses entries of the form `route:client=percent`. */
export function parseJwtPathwayRules(entries: readonly string[]): {
  readonly rules: readonly JwtPathwayRule[];
  readonly issues: readonly string[];
} {
  const rules: JwtPathwayRule[] = [];
  const issues: string[] = [];
  for (const entry of entries) {
    const quoted = `JWT_PATHWAY_PERCENT: ${JSON.stringify(entry)}`;
    const { route, client, percent } = RULE.exec(entry)?.groups ?? {};
    if (route === undefined || client === undefined)
      issues.push(`${quoted} is not of the form route:client=percent`);
    else if (route !== ANY && !ROUTE.test(route))
      issues.push(`${quoted}: ${JSON.stringify(route)} is neither * nor the name of a route`);
    else if (client !== ANY && !CLIENT.test(client))
      issues.push(`${quoted}: ${JSON.stringify(client)} is neither * nor the name of a client`);
    else if (Number(percent) > 100) issues.push(`${quoted}: the percentage is at most 100`);
    else rules.push({ route: anyOr(route), client: anyOr(client), percent: Number(percent) });
  }
  return { rules, issues };
}

function anyOr(name: string): string | null {
  return name === ANY ? null : name;
}
