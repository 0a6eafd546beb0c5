import { FRONTEND, type Variables } from '../stack/stack.ts';

/** Long enough for a busy machine to use a ticket; the one that must expire is issued before some others. */
export const TTL_SECONDS = 20;

/** Its connections expire with their token, without grace. */
export const EXPIRING_ROUTE = 'orders';

/** What the stacks are started with that all end-to-end tests share. */
export const variables: Variables = {
  TICKET_TTL_SECONDS: `${TTL_SECONDS}`,
  FRONTEND_ORIGINS: `${FRONTEND},https://*.preview.example.com,https://B\u00fccher.example/,capacitor://localhost`,
  ROUTES: `default=echo,echo=echo,bridge=bridge,chat=bridge,${EXPIRING_ROUTE}=echo`,
  CONNECTION_EXPIRY: `${EXPIRING_ROUTE}=token`,
  CONNECTION_EXPIRY_GRACE_SECONDS: '0',
  PRINCIPAL_ATTRIBUTES: 'roles,__proto__,https://example.com/plan?,seats,gone',
  AUTH_PATHWAYS: 'ticket,jwt',
  JWT_PATHWAY_PERCENT: 'chat:*=0',
  LOG_LEVEL: 'trace',
};
