/** How this library names itself when it requests a ticket: `<name>/<version>` of its package. */
export const CLIENT_NAME = 'admit-one/0.1.0';
