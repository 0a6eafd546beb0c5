/** The labels of the metrics that conditions sum over. */
const labels: Readonly<Record<string, readonly string[]>> = {
  admit_events_total: ['type', 'reason'],
  admit_tickets_total: ['stage', 'pathway'],
  admit_tickets_unused_total: ['pathway'],
  admit_rejections_total: ['reason', 'fault'],
  admit_connection_closes_total: ['code'],
  admit_service_starts_total: ['service'],
  admit_service_instances: ['service'],
  admit_slo_events_total: ['slo', 'outcome'],
  admit_dependency_up: ['dependency'],
};

export function labelsOf(metric: string): readonly string[] {
  return labels[metric] ?? [];
}
