import { connect, createTicketProvider, createWebSocketClass, TicketError } from '@admit-one/client';
import { type CompatOptions, connect as connectCompat } from '@admit-one/client/compat';
import { AdmitProvider, useAdmit, useLastMessage } from '@admit-one/client/react';
import { createTestServer } from '@admit-one/client/testing';

const { environment } = createTestServer();
const options: CompatOptions = { useTicketAuth: true, token: 'jwt', environment };

/** Type-checked only. */
export const entries = {
  ...{ connect, createTicketProvider, createWebSocketClass, TicketError },
  ...{ AdmitProvider, useAdmit, useLastMessage },
  compat: (url: string) => connectCompat(url, options).state,
};

// @ts-expect-error one of getToken and getTicket is needed
connect({ url: '/ws' });
