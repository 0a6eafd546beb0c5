import type { AlertRule } from '@admit-one/audit-service';
import type { AlertName, LogCondition, Quantity } from '@admit-one/observability';

/**
 * By how much the spans of an alert are shortened in tests that make it fire by its cause: so that the shortest window is a few
 * seconds. Thresholds stay as they are.
 */
export const scales: Readonly<Record<AlertName, number>> = {
  AdmitAdmissionsFailing: 1 / 20,
  AdmitAvailabilityBurn: 1 / 60,
  AdmitAvailabilitySlowBurn: 1 / 1_000,
  AdmitFailureTrickle: 1 / 500,
  AdmitSuccessBurn: 1 / 300,
  AdmitUpgradeSlow: 1 / 300,
  AdmitTicketsNotPresented: 1 / 60,
  AdmitNoAdmissions: 1 / 60,
  AdmitProbeFailing: 1 / 20,
  AdmitStoreDown: 1 / 20,
  AdmitBusDown: 1 / 20,
  AdmitIssuerKeysUnusable: 1 / 30,
  AdmitIssuerKeysStale: 1 / 100,
  AdmitStoreEpochChanged: 1 / 90,
  AdmitClockOff: 1 / 60,
  AdmitOutboxFilling: 1 / 30,
  AdmitEventStreamFilling: 1 / 60,
  AdmitAuditLogStalled: 1 / 30,
  AdmitLogFreshnessBurn: 1 / 300,
  AdmitEventsMissing: 1 / 20,
  AdmitDeadLetters: 1 / 60,
  AdmitRetentionStalled: 1 / 300,
  AdmitWatchdog: 1,
  AdmitEdgeCrashLoop: 1 / 20,
  AdmitEdgeLost: 1 / 60,
  AdmitControlUnconfirmed: 1 / 60,
  AdmitDrainStuck: 1 / 60,
  AdmitEventLoopBusy: 1 / 60,
  AdmitTicketsReplayed: 1 / 90,
  AdmitClientReusesTickets: 1 / 180,
  AdmitPrefixRejected: 1 / 150,
  AdmitOriginBlocked: 1 / 60,
  AdmitReconnectStorm: 1 / 10,
  AdmitJwtPathwayUsed: 1 / 600,
  AdmitBreakGlassUsed: 1 / 90,
  AdmitUnknownReason: 1 / 360,
};

/** The rule with its spans, and its delays, shortened by its scale. */
export function scaledRule(rule: AlertRule): AlertRule {
  const scale = scales[rule.name as AlertName];
  return {
    ...rule,
    condition: scaledCondition(rule.condition, scale),
    forMs: rule.forMs * scale,
    keepFiringForMs: rule.keepFiringForMs * scale,
  };
}

function scaledCondition(condition: LogCondition, scale: number): LogCondition {
  switch (condition.kind) {
    case 'always':
      return condition;
    case 'comparison': {
      const { quantity, outOf } = condition;
      return {
        ...condition,
        quantity: scaledQuantity(quantity, scale),
        ...(outOf && { outOf: scaledQuantity(outOf, scale) }),
      };
    }
    case 'all':
    case 'any':
      return {
        ...condition,
        conditions: condition.conditions.map((part) => scaledCondition(part, scale)),
      };
    default:
      return condition satisfies never;
  }
}

function scaledQuantity(quantity: Quantity, scale: number): Quantity {
  switch (quantity.kind) {
    case 'increase':
      return {
        ...quantity,
        overSeconds: quantity.overSeconds * scale,
        endedSecondsAgo: quantity.endedSecondsAgo * scale,
      };
    case 'level':
      return { ...quantity, highestOverSeconds: quantity.highestOverSeconds * scale };
    case 'age':
      return quantity;
    default:
      return quantity satisfies never;
  }
}
