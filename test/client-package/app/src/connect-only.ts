import { connect } from '@admit-one/client';

connect({ url: '/ws', getToken: () => null });
