import { StoreError, type TicketStore } from '@admit-one/core';
import type { ControlState } from './control-state.ts';

/** A ticket store whose appends wait for the control entries to be restored, where the store has lost them. */
export function restoreOnLoss(store: TicketStore, control: Pick<ControlState, 'recover'>): TicketStore {
  return {
    ...store,
    async append(append) {
      try {
        return await store.append(append);
      } catch (error) {
        if (!(error instanceof StoreError && error.code === 'control_lost')) throw error;
        await control.recover().catch(() => {
          throw error;
        });
        return store.append(append);
      }
    },
  };
}
