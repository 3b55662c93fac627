import { placeholder } from './ecs-placeholder.js';

/** `gateway`: takes calls from the load balancer. */
export const networkOf = (side: 'gateway' | 'service'): object => ({
  awsvpcConfiguration: {
    subnets: [placeholder('SUBNET_A'), placeholder('SUBNET_B')],
    securityGroups: [
      side === 'gateway' ? placeholder('GATEWAY_SECURITY_GROUP') : placeholder('SERVICE_SECURITY_GROUP'),
    ],
    assignPublicIp: 'DISABLED',
  },
});
