import { StoreError, type TicketStore } from '@admit-one/core';

/** Does the work again where the store had lost its control entries, once they are restored. */
export async function restoring<T>(recover: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError && error.code === 'control_lost')) throw error;
    await recover().catch(() => {
      throw error;
    });
    return work();
  }
}

/** A ticket store whose appends wait for the control entries to be restored, where the store has lost them. */
export function restoreOnLoss(store: TicketStore, control: { recover(): Promise<void> }): TicketStore {
  return {
    ...store,
    append: (append) => restoring(control.recover, () => store.append(append)),
  };
}
