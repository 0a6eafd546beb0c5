import { type EventType, eventTypes } from '@admit-one/core';
import {
  OCSF_VERSION,
  ocsfAttributes,
  ocsfTypeOf,
} from '../../services/audit-service/src/api/formats/ocsf.ts';

/** The page of the mapping to OCSF, made of the table that maps. */
export function ocsfPage(): string {
  return `# OCSF

How events look with \`format=ocsf\` in the [audit API](audit.md), for people who bring them into a SIEM. The page is generated from the table that maps them. Events are mapped to the Open Cybersecurity Schema Framework ${OCSF_VERSION} ([schema.ocsf.io](https://schema.ocsf.io)).

## Types

Events of tickets, requests for tickets, handshakes, connections and sessions are of the class Authentication (3002). Events of services, stores and the audit log itself are no authentication: they are a Base Event (0).

| type | class | activity | status |
| --- | --- | --- | --- |
${eventTypes.map(typeRow).join('\n')}

\`severity_id\` is that of the reason in [reasons.md](reasons.md): 1 for INFO, 3 for WARNING, 5 for CRITICAL; 1 without a reason.

## Attributes

An attribute without a value is left out. Facts are those of [audit.md](audit.md).

| attribute | value |
| --- | --- |
${ocsfAttributes.map(({ path, from }) => `| \`${path}\` | ${from} |`).join('\n')}
`;
}

function typeRow(type: EventType): string {
  const { class: eventClass, activity_id, activity_name, status_id, status } = ocsfTypeOf(type);
  const { class_name, class_uid } = eventClass;
  return `| \`${type}\` | ${class_name} (${class_uid}) | ${activity_id} ${activity_name} | ${status_id} ${status} |`;
}
