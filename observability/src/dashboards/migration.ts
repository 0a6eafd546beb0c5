import { asks } from './asks.ts';
import { fromLog, increaseInRange, rate, sum } from './expressions.ts';
import type { DashboardSource } from './panel.ts';

const admitted = (selector: string) =>
  sum(fromLog(increaseInRange(`admit_tickets_total{${selector}}`), 'stage', 'pathway'));

export const migration: DashboardSource = {
  name: 'migration',
  title: 'Migration',
  description: 'How many clients still present a JWT instead of a ticket, and do tickets serve them as well?',
  source: 'prometheus',
  rows: [
    {
      title: 'Ticket or JWT?',
      panels: [
        {
          title: 'Admitted by a ticket',
          shows:
            'The share of admissions in the time that is shown. At 100 % the pathway for JWTs can be closed.',
          ...{ kind: 'stat', unit: 'percentunit', max: 1, height: 8 },
          queries: [
            {
              expr: `${admitted('stage="consumed", pathway="ticket"')} / (${admitted('stage="consumed"')} > 0)`,
              legend: 'by a ticket',
            },
          ],
          alerts: ['AdmitJwtPathwayUsed'],
          ask: asks.admissions,
          span: 8,
        },
        {
          title: 'Admissions by pathway',
          shows: 'Each second.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: fromLog(rate('admit_tickets_total{stage="consumed"}'), 'pathway'),
              legend: '{{pathway}}',
            },
          ],
          alerts: ['AdmitJwtPathwayUsed', 'AdmitNoAdmissions'],
          ask: asks.admissions,
          span: 16,
        },
        {
          title: 'Stayed for 10 seconds, of those admitted',
          shows:
            'By pathway. Tickets should be no worse than JWTs; far below 1, something cuts new connections.',
          ...{ kind: 'timeseries', unit: 'percentunit' },
          queries: [
            {
              expr: `${fromLog(increaseInRange('admit_tickets_total{stage="stayed"}'), 'pathway')} / (${fromLog(increaseInRange('admit_tickets_total{stage="consumed"}'), 'pathway')} > 0)`,
              legend: '{{pathway}}',
            },
          ],
          alerts: [],
          ask: asks.closes,
          span: 12,
        },
        {
          title: 'Handshakes with a JWT',
          shows:
            'Each second, by client, route and outcome: who is left. `none` does not name itself, `rejected` includes those that JWT_PATHWAY_PERCENT turns away.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [
            {
              expr: sum(rate('admit_jwt_handshakes_total'), 'client', 'route', 'outcome'),
              legend: '{{client}} {{route}} {{outcome}}',
            },
          ],
          alerts: ['AdmitJwtPathwayUsed'],
          ask: asks.admissions,
          span: 24,
        },
        {
          title: 'Admissions by client',
          shows:
            'Each second, by the release of the client that asked for the ticket; `other` names none that is known.',
          ...{ kind: 'stacked', unit: 'cps' },
          queries: [{ expr: fromLog(rate('admit_client_admissions_total'), 'client'), legend: '{{client}}' }],
          alerts: ['AdmitClientReusesTickets'],
          ask: asks.clients,
          span: 12,
        },
      ],
    },
  ],
};
