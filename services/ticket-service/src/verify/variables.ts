import { handshakeVariables, listVariable } from '@admit-one/runtime';
import { Type } from 'typebox';

/** The variables of forward authentication. */
export const verifyVariables = {
  ...handshakeVariables,
  VERIFY_PORT: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65535,
      description:
        'Port at which proxies ask whether a ticket is good (`/verify`), for the inside alone; unset, they cannot ask.',
    }),
  ),
  VERIFY_ROUTES: listVariable({
    default: '*=/ws,*=/api/ws',
    description:
      'Which paths behind such a proxy are which route, as `route=/prefix`; with `*`, what follows the prefix names the route.',
    examples: ['chat=/socket.io,*=/ws'],
  }),
};
