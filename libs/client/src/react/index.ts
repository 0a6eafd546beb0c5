'use client';

export { AdmitProvider, type AdmitProviderProps } from './provider.ts';
export { type Admit, type UseAdmitOptions, useAdmit } from './use-admit.ts';
export { useLastMessage } from './use-last-message.ts';
