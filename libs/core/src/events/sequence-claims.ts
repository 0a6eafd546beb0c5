import { sequenceOwnerOf } from './catalogue.ts';
import { isSequence, type ReceivedEvent } from './cloud-event.ts';

/** What an event says of a numbering: up to which sequence its events exist. */
export interface SequenceClaim {
  readonly partitionkey: string;
  readonly lastSequence: number;
  /** Whether no event follows that one. */
  readonly final: boolean;
}

/**
 * The claims of an event: of an instance or an epoch about itself, of an epoch about the one before, and of a ticket-service about
 * the events that it was acknowledged. A member of another form claims nothing.
 */
export function sequenceClaimsOf({ type, partitionkey, data }: ReceivedEvent): readonly SequenceClaim[] {
  const { lastSequence } = data;
  if (!isSequence(lastSequence)) return [];
  switch (type) {
    case 'admit.service.started':
    case 'admit.service.alive':
      return [{ partitionkey, lastSequence, final: false }];
    case 'admit.service.stopped':
      return [{ partitionkey, lastSequence, final: true }];
    case 'admit.store.stopped':
      return ofStore({ partitionkey, lastSequence, final: true });
    case 'admit.store.started': {
      const { previousEpoch } = data;
      if (typeof previousEpoch !== 'string') return [];
      const partition = partitionkey.slice(0, partitionkey.indexOf('.'));
      return ofStore({ partitionkey: `${partition}.${previousEpoch}`, lastSequence, final: true });
    }
    case 'admit.store.acknowledged': {
      const { epoch } = data;
      return typeof epoch === 'string' ? ofStore({ partitionkey: epoch, lastSequence, final: false }) : [];
    }
    default:
      return [];
  }
}

function ofStore(claim: SequenceClaim): readonly SequenceClaim[] {
  return sequenceOwnerOf(claim.partitionkey) === 'store' ? [claim] : [];
}
