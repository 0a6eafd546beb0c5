'use client';

export { AdmitProvider, type AdmitProviderProps } from './provider.ts';
export { type Admit, type UseAdmitOptions, useAdmit, useLastMessage } from './use-admit.ts';
