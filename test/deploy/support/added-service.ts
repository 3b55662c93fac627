import { services } from '../../../src/apps/services.js';

const { 'user-service': users, 'api-gateway': gateway } = services as Required<typeof services>;

/** The service table with one more service, which the gateway calls and which calls user-service. */
export const tableWithOrders: typeof services = {
  ...services,
  'api-gateway': { ...gateway, calls: [...(gateway?.calls ?? []), 'order-service'] } as NonNullable<typeof gateway>,
  'order-service': { ...users, httpPort: 3005, grpcPort: 50_056, calls: ['user-service'] } as NonNullable<typeof users>,
};
